const whole = new Intl.NumberFormat()

/** `1 image`, `3 images`, `5,000 repositories`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${whole.format(number)} ${number === 1 ? one : many}`
}
