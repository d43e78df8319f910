import type { GraphQLResolveInfo } from 'graphql';
import type { GraphqlContext } from '../context.ts';
import {
  bound,
  createParameters,
  createRowPlan,
  type Entity,
  plainColumn,
  planFields,
  selectColumn,
  selectText,
} from './plan.ts';
import { compositeTypeOf, objectTypesOf, selectedFields } from './selection.ts';

/**
 * Reads the row of an entity whose columns have the given values, by one statement with all that is selected below it.
 * `inside` names a field of the answered type that holds the row, when the row itself is not what the field answers.
 */
export async function queryOne<Row>(
  entity: Entity,
  key: Readonly<Record<string, string | number>>,
  {
    context,
    info,
    inside,
  }: { context: Pick<GraphqlContext, 'database'>; info: GraphQLResolveInfo; inside?: string },
): Promise<Row | undefined> {
  const row = createRowPlan(entity, createParameters(), '');
  const returned = info.parentType.getFields()[info.fieldName];
  const composite = returned && compositeTypeOf(returned);
  const types = composite ? objectTypesOf(composite, info) : [];
  if (inside === undefined) planFields(row, types, info.fieldNodes, info);
  else {
    for (const type of types) {
      for (const field of selectedFields(type, info.fieldNodes, info)) {
        if (field.definition.name !== inside) continue;
        const inner = compositeTypeOf(field.definition);
        if (inner) planFields(row, objectTypesOf(inner, info), field.nodes, info);
      }
    }
  }
  const conditions = Object.entries(key).map(([property, value]) => {
    selectColumn(row, property);
    return `${plainColumn(row, property)} = ${bound(row, property, value)}`;
  });
  const text = `${selectText(row)} where ${conditions.join(' and ')} limit 1`;
  const rows = await context.database.query<Row>(text, row.parameters.values);
  return rows[0];
}
