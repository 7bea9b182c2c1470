// The contract of bench/validate.mjs. The peers' script says the same in their words.

/** What an address is, to every tool: a pattern that all their engines take. */
const EMAIL = /^[a-z0-9._]+@[a-z0-9-]+\.[a-z]{2,}$/
const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'IT', 'ES', 'NL', 'PL', 'NA', 'SE']

/** The columns, as Zod alone sees them. */
export function columnsOf({ z }) {
  return z.object({
    id: z.int().min(1),
    email: z.string().regex(EMAIL),
    country: z.enum(COUNTRIES),
    amount: z.number().min(0).max(10_000),
    quantity: z.int().min(0),
    ordered: z.date(),
    updated: z.date(),
    note: z.string().startsWith('n').nullable(),
  })
}

/** The whole: besides, no id twice, unless that is left out, and no update before its order. */
export function contractOf({ z, sql, defineContract }, { key }) {
  return defineContract({
    columns: columnsOf({ z }),
    unique: key ? [['id']] : [],
    checks: [{ that: sql`ordered <= updated`, name: 'order' }],
  })
}
