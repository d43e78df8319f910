import type { Ref } from '../../plugin-api/index.ts';
import { listed, type Problems } from './problems.ts';

/** The GraphQL type of a ref's rows: `wallet.performance` gives `WalletPerformance`. */
export function graphqlTypeName(refId: string): string {
  return refId
    .split(/[.-]/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The GraphQL field of a ref: `wallet.performance` gives `walletPerformance`. */
export function graphqlFieldName(refId: string): string {
  const name = graphqlTypeName(refId);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const ofGraphql = [
  'Query',
  'Mutation',
  'Subscription',
  'Node',
  'PageInfo',
  'Int',
  'Float',
  'String',
  'Boolean',
  'ID',
];

/** Two refs whose rows would be the same GraphQL type cannot be served together. */
export function checkNames(
  refs: ReadonlyMap<string, Ref>,
  namedBy: (refId: string) => Iterable<string>,
  problems: Problems,
): void {
  const owners = new Map<string, string[]>();
  const claim = (name: string, owner: string) => owners.set(name, [...(owners.get(name) ?? []), owner]);
  for (const ref of refs.values()) {
    claim(graphqlTypeName(ref.id), ref.id);
    for (const [name, field] of Object.entries(ref.fields)) {
      if (field.kind === 'list') claim(graphqlTypeName(`${ref.id}.${name}`), ref.id);
    }
  }
  for (const [name, ids] of owners) {
    const reserved = ofGraphql.includes(name);
    if (ids.length < 2 && !reserved) continue;
    problems.add(
      'PLAN_NAME_CONFLICT',
      ids.flatMap(id => [...namedBy(id)]),
      reserved
        ? `${listed(ids)} would be the GraphQL type ${name}, which GraphQL itself has. Rename the ref.`
        : `${listed(ids)} would all be the GraphQL type ${name}. Rename all but one of them.`,
    );
  }
}
