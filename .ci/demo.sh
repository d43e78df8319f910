#!/usr/bin/env bash
# The main job of the README: the demo comes up, its page and GraphQL answer, and counts move. Ends by itself.
set -euo pipefail
mkdir -p .ci/out
# Note: a process group of its own, so that everything that npm started ends with it.
PORT=4533 setsid npm run demo >.ci/out/demo.log 2>&1 &
demo=$!
trap 'kill -TERM -- "-$demo" 2>/dev/null || true; wait "$demo" 2>/dev/null || true' EXIT

ask() {
  curl -sf "http://127.0.0.1:4533/graphql" -H 'content-type: application/json' -d "$1"
}
events() {
  ask '{"query":"{ storage { checkpoint } }"}' | grep -o '"checkpoint":[0-9]*' | grep -o '[0-9]*'
}

for _ in $(seq 240); do
  grep -q 'the market goes on in real time' .ci/out/demo.log && break
  kill -0 "$demo" 2>/dev/null || { cat .ci/out/demo.log; exit 1; }
  sleep 1
done
curl -sf http://127.0.0.1:4533/ | grep -q 'SIMULATED'
before=$(events)
sleep 5
after=$(events)
echo "events: $before, five seconds later $after"
((after > before))
ask '{"query":"{ leaderboard(first: 3) { ... on LeaderboardRowConnection { nodes { rank address score } } } }"}' | grep -q '"rank":1'
