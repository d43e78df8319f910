/** A query that is ready to run in GraphiQL. */
export interface Example {
  /** In links: `/graphql?example=<id>`. */
  readonly id: string;
  readonly title: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The tabs that GraphiQL opens with, and the links of the front page. */
export const examples: readonly Example[] = [
  {
    id: 'leaderboard',
    title: 'Leaderboard',
    query: `# The best traders of the week, with what they hold. One SQL statement.
query Leaderboard {
  leaderboard(window: WEEK, sort: PNL, first: 10) {
    ... on LeaderboardRowConnection {
      nodes {
        rank
        address
        score
        pnl
        roi
        winRate
        categories
        trader {
          positions(first: 3) {
            nodes { coin size entryPrice notionalUsd unrealisedPnl }
          }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    ... on Failure { code message }
  }
}`,
  },
  {
    id: 'wallet',
    title: 'Wallet',
    query: `# Everything about wallets of one category: features, categories with the rule that fired, scores.
query Wallets {
  traders(category: "Whale", first: 2) {
    ... on TraderConnection {
      nodes {
        address
        firstSeen
        walletFeatures { txCount txPerDay totalValue sizeEntropy nullReasons { field reason } }
        walletCategories { categories { category confidence rule values { name value } } }
        traderScore { score sizePoints volumePoints }
      }
    }
    ... on Failure { code message }
  }
}`,
  },
  {
    id: 'signals',
    title: 'Signals',
    query: `# Signals with their evidence and what they were decided on.
query Signals {
  signals(first: 5) {
    ... on SignalConnection {
      nodes {
        ref
        key
        eventTime
        evidence {
          ... on SmartMoneyBias { biasAction: action net confidence longTraders shortTraders }
          ... on WhaleAlert { severity kind trader whaleAction: action notionalUsd }
        }
        trace { because trigger inputs { ref key } }
      }
    }
    ... on Failure { code message }
  }
}`,
  },
  {
    id: 'alerts',
    title: 'Alerts, live',
    query: `# Alerts as they are raised. Pass the last cursor as "after" to go on without loss.
subscription Alerts($after: String) {
  alertRaised(after: $after) {
    cursor
    item { severity title trader coin eventTime latencyMs }
    gap { reason }
  }
}`,
  },
  {
    id: 'positions',
    title: 'Positions, live',
    query: `# Changes of positions of at least 10,000 USD, each as soon as it is committed.
subscription Positions {
  positionChanged(minNotionalUsd: 10000) {
    cursor
    item { address coin action sizeBefore sizeAfter price notionalUsd latencyMs }
  }
}`,
  },
  {
    id: 'platform',
    title: 'Platform',
    query: `# What runs here, and how it does.
query Platform {
  about { name version mode startedAt run }
  plugins { id kind state faults calls totalMs }
  jobs { id schedule lastRun nextRun outcome }
  storage { engine bytes checkpoint tables { name rows } }
  gaps(first: 5) { ... on GapConnection { nodes { stream from to reason healed } } }
}`,
  },
];
