import { seedStoryByRest } from './seed-story.suite.js';

seedStoryByRest();
