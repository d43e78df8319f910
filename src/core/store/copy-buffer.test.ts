import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCopyBuffer, storableJson, storableText } from './copy-buffer.ts';

const bytesOf = (write: (out: ReturnType<typeof createCopyBuffer>) => void) => {
  const out = createCopyBuffer(1);
  write(out);
  return Buffer.from(out.view()).toString('hex');
};

/** A decimal string from the base-10000 digits that Postgres is sent. */
function decimalOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  const count = bytes.readInt16BE(4);
  const weight = bytes.readInt16BE(6);
  const negative = bytes.readUInt16BE(8) === 0x4000;
  const scale = bytes.readInt16BE(10);
  let units = 0n;
  for (let i = 0; i < count; i++) units = units * 10_000n + BigInt(bytes.readInt16BE(12 + 2 * i));
  // The units are 10000^(weight - count + 1); shifted to 10^-scale they are exact.
  const shift = 4 * (weight - count + 1) + scale;
  const digits = shift >= 0 ? units * 10n ** BigInt(shift) : units / 10n ** BigInt(-shift);
  const text = digits.toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return `${negative ? '-' : ''}${whole}${scale === 0 ? '' : `.${text.slice(-scale)}`}`;
}

describe('a COPY buffer', () => {
  it('writes numbers as Postgres sends them', () => {
    // As `int8send`, `float8send`, `numeric_send` of Postgres 18 answer.
    expect(bytesOf(out => out.integer64(1_760_000_000_000))).toBe('0000000800000199c82cc000');
    expect(bytesOf(out => out.integer64(-1))).toBe('00000008ffffffffffffffff');
    expect(bytesOf(out => out.integer64(Number.MIN_SAFE_INTEGER))).toBe('00000008ffe0000000000001');
    expect(bytesOf(out => out.integer32(-2))).toBe('00000004fffffffe');
    expect(bytesOf(out => out.float(1.5))).toBe('000000083ff8000000000000');
    expect(bytesOf(out => out.boolean(true))).toBe('0000000101');
    // 12345.6780 is the digits 1, 2345, 6780 with a weight of 1 and a scale of 4.
    expect(bytesOf(out => out.decimal('12345.6780'))).toBe('0000000e0003000100000004000109291a7c');
    // -0.0001 is the digit 1 with a weight of -1.
    expect(bytesOf(out => out.decimal('-0.0001'))).toBe('0000000a0001ffff400000040001');
    expect(bytesOf(out => out.decimal('0.00'))).toBe('000000080000000000000002');
    expect(bytesOf(out => out.text(null))).toBe('ffffffff');
    expect(bytesOf(out => out.text('aé'))).toBe('0000000361c3a9');
    expect(bytesOf(out => out.json({ a: 1 }))).toBe('00000008017b2261223a317d');
  });

  it('keeps every digit of any decimal', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        fc.stringMatching(/^[0-9]{0,40}$/),
        (negative, whole, fraction) => {
          const unsigned = `${whole}${fraction === '' ? '' : `.${fraction}`}`;
          const isZero = !/[1-9]/.test(unsigned);
          const text = `${negative && !isZero ? '-' : ''}${unsigned}`;
          expect(decimalOf(bytesOf(out => out.decimal(text)))).toBe(text);
        },
      ),
    );
  });

  it('refuses what is no decimal', () => {
    for (const text of ['1e5', 'NaN', '1,5', ' 1', '0x10']) {
      expect(() => bytesOf(out => out.decimal(text))).toThrow(`Expected a decimal number, found \`${text}\``);
    }
  });

  it('writes text of any length as UTF-8 with what Postgres refuses replaced', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        const expected = Buffer.from(storableText(text));
        const hex = bytesOf(out => out.text(text));
        expect(hex).toBe(expected.length.toString(16).padStart(8, '0') + expected.toString('hex'));
        expect(expected.includes(0)).toBe(false);
      }),
    );
  });

  it('leaves JSON alone unless it holds what Postgres refuses', () => {
    expect(storableJson({ a: 'x', b: ['\\u0000'] })).toBe('{"a":"x","b":["\\\\u0000"]}');
    expect(storableJson({ a: '\0', b: [{ c: '\udfff!' }] })).toBe('{"a":"\ufffd","b":[{"c":"\ufffd!"}]}');
  });

  it('may be cleared and used again', () => {
    const out = createCopyBuffer(8);
    out.text('a longer text than the buffer');
    out.clear();
    out.boolean(false);
    expect(Buffer.from(out.view()).toString('hex')).toBe('0000000100');
  });
});
