/** The GraphQL type of a ref's rows: `wallet.performance` gives `WalletPerformance`. */
export function typeName(refId: string): string {
  return refId
    .split(/[.-]/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The GraphQL field of a ref: `wallet.performance` gives `walletPerformance`. */
export function fieldName(refId: string): string {
  const name = typeName(refId);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A word of a `oneOf` as an enum's value: `alpha-whale-change` gives `ALPHA_WHALE_CHANGE`, `1m` gives `_1M`. */
export function enumValueName(value: string): string {
  const name = value.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  return /^[0-9]/.test(name) ? `_${name}` : name;
}
