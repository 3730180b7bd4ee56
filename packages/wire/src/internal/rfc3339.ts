/**
 * Moments as text, `date-time` of RFC 3339 section 5.6. They are checked and handed on as written.
 */

const shape =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|[+-]([0-9]{2}):([0-9]{2}))$/

/** Days of a month, January being 1. */
const daysOf = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()

/** Whether the text is a date-time that exists; a leap second may end any minute. */
export const isDateTime = (text: string): boolean => {
  const found = shape.exec(text)
  if (found === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour, offsetMinute] =
    found.slice(1).map((digits) => Number(digits ?? 0))
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month) &&
    hour <= 23 && minute <= 59 && second <= 60 && (offsetHour ?? 0) <= 23 &&
    (offsetMinute ?? 0) <= 59
}
