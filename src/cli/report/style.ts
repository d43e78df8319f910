/** The style sheet of the HTML report: readable on screens light and dark, and on paper. */
export const styleSheet = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d9dee3; --paper: #fff; --bar: #2563b8; --minus: #b4532a; --wash: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa4ae; --line: #333a41; --paper: #14171a; --bar: #6ea8f0; --minus: #e59a6f; --wash: #1c2024; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.7rem; line-height: 1.2; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.15rem; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; color: var(--soft); }
dl.facts dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.simulated { margin: 0 0 1rem; padding: .5rem .75rem; border: 2px solid var(--minus); color: var(--minus); font-weight: 600; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.wallet { margin: 0 0 1.25rem; padding: 1rem 1.1rem; background: var(--wash); border-radius: .5rem; break-inside: avoid; }
.wallet header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; }
.wallet h3 { margin: 0; font: 600 .95rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.wallet h3 span { font-family: system-ui, sans-serif; font-weight: 400; color: var(--soft); }
.wallet header p { margin: 0; color: var(--soft); }
.wallet table { margin: .6rem 0 .75rem; }
.wallet td:first-child { white-space: nowrap; }
.rule { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 2rem; }
.columns h4 { margin: 0 0 .25rem; color: var(--soft); font-size: .85rem; font-weight: 500; }
.columns ul { list-style: none; margin: 0; padding: 0; }
.columns li { display: grid; grid-template-columns: 8.5rem 1fr 3rem; gap: .6rem; align-items: center; font-size: .9rem; }
.bar { position: relative; height: .5rem; background: var(--line); border-radius: .25rem; overflow: hidden; }
.bar i { position: absolute; inset: 0 auto 0 0; background: var(--bar); }
.bar i.minus { background: var(--minus); }
.none { margin: .4rem 0; color: var(--soft); }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } :root { --wash: #fff; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --bar: #2563b8; } .wallet { border: 1px solid var(--line); } .bar, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`.trim();
