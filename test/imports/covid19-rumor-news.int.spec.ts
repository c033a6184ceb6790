import { covidRumours } from './covid19-rumor-news.suite.js';

covidRumours();
