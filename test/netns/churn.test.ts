/** A few kills at random moments while guests come and go: nothing stays behind. `make churn` does two hundred. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, upLab } from '../../lab/index.ts';
import { churn } from '../churn/churn.ts';
import { churnLab } from '../churn/region.ts';
import { leftovers } from './region.ts';

const name = 'weft-chn';
let lab: Lab;

beforeAll(async () => {
  lab = await upLab(churnLab(name));
});
afterAll(async () => {
  await lab?.down();
  expect(leftovers(name)).toEqual([]);
});

test('four random kills of controller and agents leave nothing behind, and what was asked for is there each time', async () => {
  const seed = Math.floor(Math.random() * 1e6);
  const result = await churn(lab, { kills: 4, seed });
  const longest = Math.round(Math.max(...result.recoveredMs));
  console.log(`seed ${seed}: ${result.made} guests made; as it has to be again after ${longest} ms at most`);
  expect(result.left).toEqual([]);
});
