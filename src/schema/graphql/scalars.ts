import { GraphQLError } from 'graphql';

/** The scalars besides GraphQL's own. */
export type Scalars = {
  Address: { Input: string; Output: string };
  Decimal: { Input: string; Output: string };
  SafeInteger: { Input: number; Output: number };
  Timestamp: { Input: number; Output: number };
  JSON: { Input: unknown; Output: unknown };
};

interface ScalarBuilder {
  scalarType(
    name: keyof Scalars,
    options: {
      description: string;
      serialize(value: never): never;
      parseValue(value: unknown): never;
      specifiedByURL?: string;
    },
  ): unknown;
}

const same = (value: unknown) => value as never;

/** Adds the scalars to a schema's builder. */
export function addScalars(builder: object): void {
  // Note: Pothos types each scalar's functions by its name; here all of them are declared alike.
  const { scalarType } = { scalarType: (builder as ScalarBuilder).scalarType.bind(builder) };
  scalarType('Address', {
    description: 'A wallet: `0x` and 40 hexadecimal digits in lower case.',
    serialize: same,
    parseValue: same,
  });
  scalarType('Decimal', {
    description: 'A decimal number as text, digit by digit as the exchange wrote it, such as `"-12.50"`.',
    serialize: same,
    parseValue: same,
  });
  scalarType('SafeInteger', {
    description: 'A whole number of at most 53 bits, which JSON carries without loss.',
    serialize: same,
    parseValue: value => {
      if (Number.isSafeInteger(value)) return value as never;
      throw new GraphQLError(`Expected a whole number of at most 53 bits, found ${JSON.stringify(value)}.`);
    },
  });
  scalarType('Timestamp', {
    description:
      'A moment, in milliseconds since 1970-01-01T00:00Z, as a number. Arguments may also be ISO 8601 text, ' +
      'such as `"2025-10-10T21:15:00Z"`.',
    serialize: same,
    parseValue: value => {
      const ms = typeof value === 'string' ? Date.parse(value) : value;
      if (Number.isSafeInteger(ms)) return ms as never;
      throw new GraphQLError(
        `Expected milliseconds since 1970 or ISO 8601 text, found ${JSON.stringify(value)}. ` +
          'Write a moment such as 1760130900000 or "2025-10-10T21:15:00Z".',
      );
    },
  });
  scalarType('JSON', {
    description: 'Any JSON value, for what has no type of its own.',
    serialize: same,
    parseValue: same,
  });
}
