import { PluginError } from '../../../plugin-api/index.ts';

/** Why a request for information brought no answer. */
export type InfoErrorKind = 'refused' | 'malformed' | 'unavailable';

const kinds: Readonly<Record<InfoErrorKind, { readonly code: string; readonly hint: string }>> = {
  refused: {
    code: 'EXCHANGE_REFUSED',
    hint: 'The exchange will never accept this request; if its parameters are right, its protocol may have changed.',
  },
  malformed: {
    code: 'EXCHANGE_MALFORMED',
    hint: 'If it stays so, the protocol of the exchange has changed, or something in between alters its answers.',
  },
  unavailable: {
    code: 'EXCHANGE_UNAVAILABLE',
    hint: 'It will be tried again; check the network and the configured address if it stays so.',
  },
};

/** A request for information that failed, its retries included. */
export class InfoError extends PluginError {
  readonly kind: InfoErrorKind;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  constructor(
    kind: InfoErrorKind,
    message: string,
    parts: { readonly expected?: string; readonly found?: string; readonly cause?: unknown } = {},
  ) {
    const { code, hint } = kinds[kind];
    super(code, message, { ...parts, hint });
    this.name = 'InfoError';
    this.kind = kind;
    this.retryable = kind === 'unavailable';
  }
}
