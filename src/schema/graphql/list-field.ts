import type { GraphQLResolveInfo } from 'graphql';
import type { Builder } from './builder.ts';
import { planned } from './builder.ts';
import type { GraphqlContext } from './context.ts';
import {
  type Connection,
  connectionOf,
  type Listing,
  type PageArguments,
  queryConnection,
  toMany,
} from './sql/connection.ts';
import type { Joins } from './sql/plan.ts';

/** A type of which pages are served, with its connection. */
export interface Listed {
  readonly node: unknown;
  readonly connection: unknown;
}

const made = new WeakMap<object, unknown>();

/** The relay connection of a type; one for each type and schema. */
export function connectionType(builder: Builder, node: { readonly name: string }): unknown {
  let connection = made.get(node);
  if (connection === undefined) {
    connection = (builder as unknown as ConnectionBuilder).connectionObject(
      {
        type: node,
        name: `${node.name}Connection`,
        description: 'A page, and how to go on.',
        fields: t => ({
          totalCount: t.field({
            type: 'SafeInteger',
            nullable: true,
            description: 'How many rows there are on all pages. Counted when it is asked for.',
            resolve: (parent: Connection<unknown>) => parent.totalCount,
          }),
        }),
      },
      { name: `${node.name}Edge`, description: 'A row and its place in the order.' },
    );
    made.set(node, connection);
  }
  return connection;
}

// Note: Pothos types a connection by its node's type. Which types are listed is data here, so what it would check is
// checked by the tests instead.
interface ConnectionBuilder {
  connectionObject(
    options: {
      type: unknown;
      name: string;
      description: string;
      fields(t: { field(options: Record<string, unknown>): never }): Record<string, never>;
    },
    edge: { name: string; description: string },
  ): unknown;
}
interface FieldBuilder {
  connection(options: Record<string, unknown>, connection: unknown): never;
}

export interface ListField<Args> {
  readonly node: { readonly name: string };
  readonly listing: Listing<Args>;
  readonly description: string;
  readonly args?: Record<string, unknown>;
}

/** A page of rows that belong to the parent's row. It is part of the parent's statement. */
export function relatedList<Args>(
  builder: Builder,
  t: unknown,
  { node, listing, description, args = {}, joins }: ListField<Args> & { readonly joins: Joins },
): never {
  return (t as FieldBuilder).connection(
    {
      type: node,
      description,
      args,
      resolve: (parent: object, given: object, _context: GraphqlContext, info: GraphQLResolveInfo) =>
        connectionOf(listing as Listing<never>, parent, given, info),
      ...planned(toMany(listing, joins)),
    },
    connectionType(builder, node),
  );
}

/** A page of rows as a root field: one statement with all that is selected below it, or a typed failure. */
export function rootList<Args>(
  builder: Builder,
  t: unknown,
  {
    node,
    listing,
    description,
    args = {},
    before,
    empty,
  }: ListField<Args> & {
    /** Runs ahead of the statement. */
    readonly before?: (args: Args, context: GraphqlContext) => Promise<void> | undefined;
    /** Says, by throwing, why there can be no rows. */
    readonly empty?: (args: Args, context: GraphqlContext) => Promise<void>;
  },
): never {
  return (t as FieldBuilder).connection(
    {
      type: node,
      description,
      args,
      errors: {},
      resolve: async (
        _root: unknown,
        given: Args & PageArguments,
        context: GraphqlContext,
        info: GraphQLResolveInfo,
      ) => {
        const ahead = before?.(given, context);
        if (ahead !== undefined) await ahead;
        const connection = await queryConnection(listing, given, { database: context.database, info });
        if (connection.edges.length === 0) await empty?.(given, context);
        return connection;
      },
    },
    connectionType(builder, node),
  );
}
