import type { FieldsOf } from '../forms/draft.js';
import { TextField } from '../forms/field.js';

export interface ThreadDraft {
  readonly slug: string;
  readonly headline: string;
  readonly desk: string;
  /** With commas between. */
  readonly topics: string;
  readonly language: string;
}

export function ThreadFields({ headline, slug, desk, language, topics }: FieldsOf<ThreadDraft>) {
  return (
    <>
      <TextField label="Headline" max={300} required {...headline} />
      <TextField
        label="Slug"
        hint="Lower-case words with dashes. It addresses the thread for ever."
        max={120}
        required
        {...slug}
      />
      <div className="pair">
        <TextField label="Desk" hint="Such as asia." max={60} required {...desk} />
        <TextField label="Language" max={35} required {...language} />
      </div>
      <TextField
        label="Topics"
        hint="Lower-case words with dashes, with commas between."
        optional
        max={1300}
        {...topics}
      />
    </>
  );
}

export function topicsOf(list: string): string[] {
  return list
    .split(',')
    .map((topic) => topic.trim())
    .filter((topic) => topic !== '');
}
