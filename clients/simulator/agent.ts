/**
 * Somebody who is not there: holds the sockets that the deeds ask for.
 *
 * Deeds come as they come; what they amount to (situation.ts) is brought about as fast as the server answers. An agent
 * who falls behind, or was cut off, goes on with what is to be done now, as people do.
 */
import { CommandRefused } from '../sdk/commands.ts';
import type { Login } from '../sdk/login.ts';
import { Device } from './device.ts';
import { stepTowards } from './offer.ts';
import type { Deed, Turn } from './plan/script.ts';
import { ABSENT, type Situation, situationAfter } from './plan/situation.ts';
import { seededRandom } from './random.ts';
import type { Known, World } from './world.ts';

/** From any status to any other: after a break, available, and a call before the wrap-up. */
const MAX_STEPS = 3;
const OFFLINE = 'offline';
/** So many of those whose break is nearly over ask for more time. */
const EXTENDING_SHARE = 0.25;

export class SimulatedAgent {
  readonly username: string;
  readonly #world: World;
  readonly #random: () => number;
  #situation: Situation = ABSENT;
  #login: Login | null = null;
  #desk: Device | null = null;
  #tab: Device | null = null;
  /** The turn that was brought about, or given up. */
  #done: Turn | null = null;
  /** What was known last when there was no device any more. */
  #parting: Pick<Known, 'seq' | 'status' | 'presence'> | null = null;
  #settling: Promise<void> | null = null;
  #isBehind = false;

  constructor(username: string, world: World, seed: number) {
    this.username = username;
    this.#world = world;
    this.#random = seededRandom(seed);
  }

  get isPresent(): boolean {
    return this.#situation.isPresent;
  }

  get isConnected(): boolean {
    return this.#desk?.isLive === true || this.#tab?.isLive === true;
  }

  /** Nothing is under way, and every device that there should be is connected. */
  get isSteady(): boolean {
    if (this.#settling !== null) return false;
    return [this.#desk, this.#tab].every((device) => device === null || device.isLive || device.isOver);
  }

  /** What the agent's clients know; null where it never logged in. */
  get known(): Known | null {
    if (this.#login === null) return null;
    const of = { agentId: this.#login.user.id, username: this.username };
    const live = [this.#desk, this.#tab].find((device) => device?.isLive);
    const { seq = 0, tile = null } = (live ?? this.#desk)?.state ?? {};
    if (tile === null) return this.#parting === null ? null : { ...of, ...this.#parting };
    const here = tile.connectivity === 'reconnecting' ? 'flapping' : 'connected';
    return { ...of, seq, status: tile.status, presence: live === undefined ? 'cut_off' : here };
  }

  /** Something that was done before the run begins. */
  recall(deed: Deed): void {
    this.#situation = situationAfter(this.#situation, deed);
  }

  /** Comes in as somebody who has been there for a while. @throws what the log-in throws. */
  async begin(): Promise<void> {
    await this.#settle();
    await this.#desk?.tried;
  }

  do(deed: Deed): void {
    this.#situation = situationAfter(this.#situation, deed);
    if (deed.do === 'stir') this.#desk?.active();
    this.#arrangeLine();
    this.#settleLater();
  }

  /** Whoever is not idle touches the keyboard now and then. */
  stir(): void {
    if (this.#situation.isActive) this.#desk?.active();
  }

  /** The network works from here on, whatever was planned; resolves when nothing is under way. */
  async quiet(): Promise<void> {
    this.#situation = { ...this.#situation, hasLine: true };
    this.#arrangeLine();
    await this.#settling?.catch(() => undefined);
  }

  /** Goes without a word. */
  stop(): void {
    this.#situation = ABSENT;
    this.#desk?.stop();
    this.#tab?.stop();
    // Somebody may be logging in just now.
    this.#settleLater();
  }

  #settleLater(): void {
    this.#settle().catch((error: unknown) => this.#trouble(`could not go on: ${String(error)}`));
  }

  #settle(): Promise<void> {
    this.#isBehind = true;
    this.#settling ??= this.#catchUp();
    return this.#settling;
  }

  async #catchUp(): Promise<void> {
    try {
      while (this.#isBehind) {
        this.#isBehind = false;
        await this.#bringAbout(this.#situation);
      }
    } finally {
      this.#settling = null;
    }
  }

  async #bringAbout({ isPresent, turn, left }: Situation): Promise<void> {
    if (!isPresent) return this.#leave(left);
    const isNew = turn !== this.#done;
    // Whoever was logged out by somebody else comes back with the next thing to do.
    const desk = this.#desk !== null && !(this.#desk.isOver && isNew) ? this.#desk : await this.#sitDown();
    this.#arrangeLine();
    this.#arrangeTab();
    if (turn !== null && isNew && desk.isLive) await this.#turnTo(turn, desk);
  }

  async #sitDown(): Promise<Device> {
    this.#login ??= await this.#world.logIn(this.username);
    this.#done = null;
    this.#parting = null;
    this.#desk = this.#newDevice('desk', this.#login);
    return this.#desk;
  }

  #newDevice(name: string, login: Login): Device {
    return new Device({
      url: this.#world.socketUrl,
      name: `simulated ${name}`,
      login,
      random: this.#random,
      onLive: (isFresh) => {
        // A new session may have begun with another status.
        if (isFresh && name === 'desk') this.#done = null;
        this.#settleLater();
      },
      onDismissed: () => {
        if (name === 'desk') this.#world.tally.dismissed += 1;
      },
      onTimeEnding: () => {
        if (name === 'desk' && this.#random() < EXTENDING_SHARE) void this.#extend();
      },
      onTrouble: (text) => this.#trouble(text),
    });
  }

  async #extend(): Promise<void> {
    try {
      await this.#desk?.extend('the queue at the counter');
      this.#world.tally.extended += 1;
    } catch (error) {
      // It was no break, or one that is over by now.
      if (!(error instanceof CommandRefused)) this.#trouble(`could not extend: ${String(error)}`);
    }
  }

  #arrangeLine(): void {
    const { isPresent, hasLine } = this.#situation;
    if (isPresent && !hasLine) this.#desk?.cut();
    else this.#desk?.line.mend();
  }

  #arrangeTab(): void {
    const { hasTab } = this.#situation;
    if (hasTab && this.#tab === null && this.#login !== null) this.#tab = this.#newDevice('tab', this.#login);
    if (hasTab || this.#tab === null) return;
    this.#tab.stop();
    this.#tab = null;
  }

  /** Chooses what leads to that turn, or gives it up; what the connection lost is done when it is back. */
  async #turnTo(turn: Turn, desk: Device): Promise<void> {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const { statuses, allowed, tile } = desk.state;
      const step = stepTowards(turn, { statuses, allowed, duty: tile?.duty ?? null });
      if (step.kind === 'there') break;
      if (step.kind === 'no_way') {
        this.#world.tally.skipped += 1;
        break;
      }
      const outcome = await this.#choose(step, desk);
      if (outcome === 'lost') return;
      if (outcome === 'refused' || step.kind === 'choose') break;
    }
    this.#done = turn;
  }

  async #choose(
    { status, reason }: { readonly status: string; readonly reason?: string },
    desk: Device,
  ): Promise<'done' | 'refused' | 'lost'> {
    const { tally } = this.#world;
    const begun = performance.now();
    const { connections } = desk;
    try {
      const seq = await desk.choose(status, reason);
      if (desk.connections === connections) tally.took(performance.now() - begun);
      this.#acknowledge(seq, status);
      const { tile } = desk.state;
      if (tile?.seq === seq && tile.duty !== status)
        this.#trouble(`was promised ${status} at ${seq} and shown ${tile.duty}`);
      return 'done';
    } catch (error) {
      return this.#refused(error, `choose ${status}`);
    }
  }

  async #leave(how: Situation['left']): Promise<void> {
    const desk = this.#desk;
    if (desk === null) return;
    const { seq, tile } = desk.state;
    this.#parting = { seq, status: tile?.status ?? OFFLINE, presence: 'cut_off' };
    if (how === 'log_out' && !desk.isOver) {
      try {
        const last = await desk.bye();
        this.#parting = { seq: last, status: OFFLINE, presence: 'logged_out' };
        this.#acknowledge(last, OFFLINE);
      } catch (error) {
        this.#refused(error, 'log out');
      }
    }
    desk.stop();
    this.#tab?.stop();
    this.#desk = null;
    this.#tab = null;
  }

  #acknowledge(seq: number, status: string): void {
    if (this.#login === null) return;
    this.#world.tally.changes += 1;
    this.#world.acknowledged({ agentId: this.#login.user.id, seq, status, at: Date.now() });
  }

  #refused(error: unknown, what: string): 'refused' | 'lost' {
    if (!(error instanceof CommandRefused)) throw error;
    if (error.code === 'SESSION_LOST') return 'lost';
    this.#world.tally.refused += 1;
    this.#trouble(`may not ${what}: ${error.code} ${error.message}`);
    return 'refused';
  }

  #trouble(text: string): void {
    this.#world.tally.trouble(`${this.username}: ${text}`);
  }
}
