import { describeWithKurrentDb, openLogOfItsOwn } from '../setup/kurrentdb.js';
import { covidRumours } from './covid19-rumor-news.suite.js';

describeWithKurrentDb('with its log in a real KurrentDB', { startsServers: true }, () => covidRumours(openLogOfItsOwn));
