/** Passes values from work that is done beside it to a generator, one at a time: the work goes on when a value has been taken. */
export interface HandOver<T> {
  /** Resolves when the value has been taken in, or the end has come. */
  give(value: T): Promise<void>;
  /** Ends the values, with an error if there is one. */
  end(error?: unknown): void;
  values(): AsyncGenerator<T>;
}

export function createHandOver<T>(): HandOver<T> {
  let given: { readonly value: T; readonly taken: () => void } | undefined;
  let ended: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  return {
    give: value =>
      new Promise(resolve => {
        if (ended !== undefined) return resolve();
        given = { value, taken: resolve };
        wake();
      }),
    end(error) {
      ended ??= { error };
      given?.taken();
      wake();
    },
    async *values() {
      for (;;) {
        if (ended?.error !== undefined) throw ended.error;
        if (ended !== undefined) return;
        if (given === undefined) {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
          continue;
        }
        const { value, taken } = given;
        given = undefined;
        yield value;
        taken();
      }
    },
  };
}
