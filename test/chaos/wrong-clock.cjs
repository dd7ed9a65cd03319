/**
 * Sets this process's clock wrong: `NODE_OPTIONS="--require .../wrong-clock.cjs"
 * CHAOS_CLOCK_MS=-31536000000`. Timers keep their pace, as on a machine whose date is wrong.
 */
const offset = Number(process.env.CHAOS_CLOCK_MS ?? 0);
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length) super(...given);
    else super(RealDate.now() + offset);
  }

  static now() {
    return RealDate.now() + offset;
  }
};
