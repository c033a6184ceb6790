export { type SeedStory, seedStory } from '../apps/cli/demo/seed-story.js';
