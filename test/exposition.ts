/** What a scrape of the text format holds. */
export class Exposition {
  private readonly samples: ReadonlyMap<string, number>;

  constructor(readonly text: string) {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    this.samples = new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  /** By name and labels as they are written: `name{label="value"}`; undefined: there is none. */
  value(sample: string): number | undefined {
    return this.samples.get(sample);
  }

  /** The names of all samples, those of histograms with their endings. */
  names(): ReadonlySet<string> {
    return new Set([...this.samples.keys()].map((sample) => sample.replace(/\{.*$/s, '')));
  }

  /** Names without a sample yet included. */
  families(): ReadonlySet<string> {
    return new Set([...this.text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''));
  }
}
