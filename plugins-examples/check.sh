#!/usr/bin/env bash
# Builds and tests the examples as a stranger would: against the packed package, outside of this repository.
# With REPORT set, the tests' vitest JSON report is written there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Note: this repository's .npmrc switches scripts off, `prepack` too, so the build is asked for.
(cd "$root" && npm run --silent build && npm pack --silent --pack-destination "$work" >/dev/null)
tarball=$(basename "$work"/hypersonar-*.tgz)
mkdir "$work/plugins"
for example in "$here"/*/; do cp -r "$example" "$work/plugins/"; done
cp "$here/tsconfig.json" "$work/plugins/tsconfig.json"
cp "$root/.npmrc" "$work/.npmrc"
cat >"$work/package.json" <<JSON
{ "name": "a-strangers-plugins", "private": true, "type": "module", "workspaces": ["plugins/*"],
  "dependencies": { "hypersonar": "file:$tarball" } }
JSON

cd "$work"
npm install --silent --no-audit --no-fund --prefer-offline
npm run build --workspaces --silent
npx vitest run --reporter=default ${REPORT:+--reporter=json --outputFile.json="$REPORT"}
