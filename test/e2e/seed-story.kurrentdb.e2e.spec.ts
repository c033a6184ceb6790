import { describeWithKurrentDb, openLogOfItsOwn } from '../setup/kurrentdb.js';
import { seedStoryByRest } from './seed-story.suite.js';

describeWithKurrentDb('with its log in a real KurrentDB', { startsServers: true }, () =>
  seedStoryByRest(openLogOfItsOwn),
);
