import { WebSocket } from 'ws';
import type { ConfigKey } from '../../api/contract/config.ts';
import { createRollcallClient } from '../sdk/client.ts';
import type { Login } from '../sdk/login.ts';
import { Entrance } from '../simulator/entrance.ts';
import { usernameOf } from '../simulator/roster.ts';
import { Computer, type ComputerOptions } from './cast/computer.ts';
import { Crowd } from './cast/crowd.ts';
import { Person } from './cast/person.ts';
import { Tab } from './cast/tab.ts';
import { Wire } from './cast/wire.ts';
import { freePort } from './ground/free-port.ts';
import { ADMIN_PASSWORD, copyOf, type Folder, PASSWORD, temporaryFolder } from './ground/seeded-folder.ts';
import { type Launch, type ServerProcess, startServer } from './ground/server-process.ts';
import { WatchedBoard } from './judging/watched-board.ts';
import type { Story } from './story.ts';
import { pause } from './waiting.ts';

/** Whatever is being opened is open by then, or hangs. */
const OPENED_MS = 60_000;

/** Somebody wants to stop: nothing more is opened. */
class BrokenOff extends Error {
  override readonly name = 'BrokenOff';
}

/** A server that somebody else has started. */
export interface Given {
  /** `http://host:port` */
  readonly url: string;
  /** Of the agents and of manager. */
  readonly password: string;
  readonly adminPassword: string;
}

export interface Wishes {
  /** How long what is broken stays broken, where a scenario has no length of its own. */
  readonly seconds: number | null;
  readonly agents: number | null;
  /** Others are played before and after it: it takes no longer than it must. */
  readonly isInARow: boolean;
}

export interface StageOptions {
  readonly story: Story;
  readonly given: Given | null;
  readonly wishes: Wishes;
  /** A folder with people in it, to be copied. */
  readonly template: () => Promise<Folder>;
}

/** A server, and somebody who sees everything there. */
export interface Site extends Given {
  readonly manager: Person;
  /** What the whole board shows, from when the site was opened. */
  readonly board: WatchedBoard;
  /** When that was, epoch milliseconds of the server; 0 where nothing was before. */
  readonly since: number;
}

export interface OwnSite extends Site {
  readonly folder: Folder;
  readonly server: ServerProcess;
  /** What each server on this folder and port is started with. */
  readonly launch: Launch;
}

/**
 * What a scenario may use: servers, folders, people. Everything that was opened through it is closed with it, in the
 * opposite order, also when the scenario is broken off.
 */
export class Stage implements AsyncDisposable {
  readonly story: Story;
  readonly wishes: Wishes;
  readonly #options: StageOptions;
  readonly #things: (Disposable | AsyncDisposable)[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #isOver = false;

  constructor(options: StageOptions) {
    this.#options = options;
    this.story = options.story;
    this.wishes = options.wishes;
  }

  /** @throws BrokenOff, having closed it, where the scenario was broken off and has not noticed yet */
  use<Thing extends Disposable | AsyncDisposable>(thing: Thing): Thing {
    if (this.#isOver) {
      this.#underWay.add(this.#close(thing));
      throw new BrokenOff('the scenario was broken off');
    }
    this.#things.push(thing);
    return thing;
  }

  /** Should the scenario be broken off meanwhile, what is being opened is waited for, and closed. @throws BrokenOff */
  async open<Thing extends Disposable | AsyncDisposable>(begin: () => Promise<Thing>): Promise<Thing> {
    if (this.#isOver) throw new BrokenOff('the scenario was broken off');
    const opening = begin();
    this.#underWay.add(opening);
    const thing = await opening;
    this.#underWay.delete(opening);
    return this.use(thing);
  }

  /** Does this when its turn comes. */
  defer(close: () => Promise<void> | void): void {
    this.use({ [Symbol.asyncDispose]: async () => close() });
  }

  /** The server that was given, else one of its own. */
  async site(variables: Readonly<Record<string, string>> = {}): Promise<Site> {
    const { given } = this.#options;
    if (given === null) return this.ownSite({ variables });
    const manager = await this.person({ ...given, username: 'manager' });
    const board = await this.open(() => WatchedBoard.open(manager));
    return { ...given, manager, board, since: board.asOf };
  }

  /** A server of the scenario's own, on a folder and a port that are its own too. */
  async ownSite({ variables, ...launch }: Launch): Promise<OwnSite> {
    const folder = await this.folder();
    const own = { DATA_DIR: folder.path, PORT: String(await freePort()), ADMIN_PASSWORD };
    return this.siteOn(folder, { ...launch, variables: { ...own, ...variables } });
  }

  async siteOn(folder: Folder, launch: Launch): Promise<OwnSite> {
    const server = await this.start(launch);
    const { url } = server;
    const given = { url, password: PASSWORD, adminPassword: ADMIN_PASSWORD };
    const manager = await this.person({ ...given, username: 'manager' });
    const board = await this.open(() => WatchedBoard.open(manager));
    return { ...given, manager, board, since: 0, folder, server, launch };
  }

  /** @throws ServerEnded */
  async start(launch: Launch): Promise<ServerProcess> {
    return this.open(() => startServer(launch));
  }

  /** With people in it. */
  async folder(): Promise<Folder> {
    return this.open(async () => copyOf(await this.#options.template()));
  }

  async emptyFolder(): Promise<Folder> {
    return this.open(() => temporaryFolder());
  }

  async person(credentials: { url: string; username: string; password: string }): Promise<Person> {
    return this.open(() => Person.logIn(credentials));
  }

  /** Logs agents in: agent0001 and so on, so many from the place `first` (0 is the first) on. None has a session. */
  async logIn(
    { url, password }: Pick<Site, 'url' | 'password'>,
    { count, first = 0 }: { count: number; first?: number },
  ): Promise<readonly Login[]> {
    const client = createRollcallClient({ url, token: () => null, WebSocket });
    this.defer(() => client.close());
    const entrance = new Entrance(client, password);
    const usernames = Array.from({ length: count }, (_, index) => usernameOf(first + index));
    const logins = await Promise.all(usernames.map((username) => entrance.logIn(username)));
    if (this.#options.given !== null) await Promise.all(logins.map((login) => sayBye(url, login)));
    return logins;
  }

  /** A computer of the agent in that place, connected. */
  async computer(
    site: Site,
    place: number,
    more: Pick<ComputerOptions, 'timersEveryMs'> = {},
  ): Promise<Computer> {
    await this.logIn(site, { count: 1, first: place });
    const { url, password } = site;
    return this.open(() => Computer.start({ url, password, username: usernameOf(place), ...more }));
  }

  /** A tab of an agent, connected. */
  async tab({ url }: Pick<Site, 'url'>, login: Login, device = 'faults'): Promise<Tab> {
    const tab = this.use(new Tab({ url, login, device }));
    await tab.live();
    return tab;
  }

  /** Agents with a tab each, all connected; `reason` begins whatever reason they give. */
  async crowd(
    site: Pick<Site, 'url' | 'password'>,
    {
      reason = 'faults',
      device = 'faults',
      ...who
    }: { count: number; first?: number; reason?: string; device?: string },
  ): Promise<Crowd> {
    const logins = await this.logIn(site, who);
    const tabs = await Promise.all(logins.map((login) => this.tab(site, login, device)));
    return this.use(new Crowd(tabs, reason));
  }

  /** Sets configuration keys, and sets them back in the end. */
  async configure(
    { url, adminPassword: password }: Given,
    values: Partial<Readonly<Record<ConfigKey, number | string>>>,
  ): Promise<void> {
    const { api } = await this.person({ url, username: 'admin', password });
    for (const [name, value] of Object.entries(values)) {
      const key = name as ConfigKey;
      const { value: before } = await api.config.get.query({ key });
      // A server of the scenario's own may be gone by then.
      this.defer(async () => void (await api.config.set.mutate({ key, value: before }).catch(() => null)));
      await api.config.set.mutate({ key, value });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    while (this.#things.length + this.#underWay.size > 0) {
      // What is being opened may still write into a folder, or ask a server, that is to be closed.
      const waited = [...this.#underWay];
      await Promise.race([Promise.allSettled(waited), pause(OPENED_MS)]);
      for (const each of waited) this.#underWay.delete(each);
      const last = this.#things.pop();
      if (last !== undefined) await this.#close(last);
    }
  }

  async #close(thing: Disposable | AsyncDisposable): Promise<void> {
    try {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
      else thing[Symbol.dispose]();
    } catch (error) {
      this.story.notes(`could not be closed: ${String(error)}`);
    }
  }
}

/** Ends whatever sessions an earlier scenario has left. */
async function sayBye(url: string, login: Login): Promise<void> {
  using wire = await Wire.open(url);
  await wire.hello({ token: await login.token(), device: 'faults' });
  await wire.ask({ op: 'bye', id: 'bye' });
}
