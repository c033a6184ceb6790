// Takes the pictures of the README anew, by the browser tests that visit the screens anyhow.
process.env.SCREENSHOTS = 'docs/images';
process.argv.push('test/browser/looks');
await import('./test.mjs');
