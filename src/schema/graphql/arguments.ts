import { InputError, shown } from './failure.ts';

/**
 * An address in the form that it is stored in.
 *
 * @throws InputError `ADDRESS_INVALID` for anything but `0x` and 40 hexadecimal digits, in whatever case.
 */
export function readAddress(value: string, argument: string): string {
  const trimmed = value.trim();
  if (/^0[xX][0-9a-fA-F]{40}$/.test(trimmed)) return trimmed.toLowerCase();
  throw new InputError({
    code: 'ADDRESS_INVALID',
    argument,
    expected: 'a wallet address: `0x` and 40 hexadecimal digits, in any letter case',
    found: shown(value),
    whatToDo: 'Copy the whole address; names and shortened forms are not resolved.',
  });
}

/** A coin's name, as far as its form can tell. Whether such a coin is known is for the database to say. */
export function readCoin(value: string, argument: string): string {
  const trimmed = value.trim();
  if (/^[A-Za-z0-9@#:/._+-]{1,64}$/.test(trimmed)) return trimmed;
  throw new InputError({
    code: 'COIN_INVALID',
    argument,
    expected: "a market's name, such as `BTC`, `xyz:NVDA` or `PURR/USDC`",
    found: shown(value),
    whatToDo: 'Use a name that the field `coins` lists.',
  });
}

/** A number that may not be below zero. */
export function readAtLeastZero(value: number, argument: string): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new InputError({
    code: 'NUMBER_INVALID',
    argument,
    expected: 'a number of at least 0',
    found: shown(value),
    whatToDo: 'Leave the argument out to set no limit.',
  });
}

/** The half-open range of time that two optional arguments give. */
export function checkRange(
  from: number | null | undefined,
  to: number | null | undefined,
  argument: string,
): void {
  if (from == null || to == null || from < to) return;
  throw new InputError({
    code: 'RANGE_INVALID',
    argument,
    expected: 'a beginning before the end',
    found: `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    whatToDo: 'Exchange the two, or leave one out.',
  });
}
