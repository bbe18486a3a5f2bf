import type { Scenario } from './scenario.ts';
import { backgroundThrottling } from './scenarios/background-throttling.ts';
import { clockJump } from './scenarios/clock-jump.ts';
import { corruptFile } from './scenarios/corrupt-file.ts';
import { duplicatesAndLate } from './scenarios/duplicates-and-late.ts';
import { fullDisk } from './scenarios/full-disk.ts';
import { killNine } from './scenarios/kill-nine.ts';
import { proxyRecycle } from './scenarios/proxy-recycle.ts';
import { rollingRestart } from './scenarios/rolling-restart.ts';
import { sleepAndWake } from './scenarios/sleep-and-wake.ts';
import { storeOutage } from './scenarios/store-outage.ts';
import { tokenExpiry } from './scenarios/token-expiry.ts';
import { twoTabs } from './scenarios/two-tabs.ts';
import { unpluggedWatcher } from './scenarios/unplugged-watcher.ts';

/** In the order in which `all` plays them. */
export const SCENARIOS: readonly Scenario[] = [
  proxyRecycle,
  sleepAndWake,
  twoTabs,
  backgroundThrottling,
  clockJump,
  duplicatesAndLate,
  killNine,
  rollingRestart,
  corruptFile,
  storeOutage,
  fullDisk,
  unpluggedWatcher,
  tokenExpiry,
];
