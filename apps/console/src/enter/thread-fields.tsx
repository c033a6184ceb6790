import { TextField } from '../forms/field.js';

export interface ThreadDraft {
  readonly slug: string;
  readonly headline: string;
  readonly desk: string;
  /** With commas between. */
  readonly topics: string;
  readonly language: string;
}

interface FieldsProps {
  readonly draft: ThreadDraft;
  readonly onChange: (draft: ThreadDraft) => void;
}

export function ThreadFields({ draft, onChange }: FieldsProps) {
  const change = (changed: Partial<ThreadDraft>) => onChange({ ...draft, ...changed });
  return (
    <>
      <TextField
        label="Headline"
        pointer="/headline"
        max={300}
        required
        value={draft.headline}
        onChange={(headline) => change({ headline })}
      />
      <TextField
        label="Slug"
        pointer="/slug"
        hint="Lower-case words with dashes. It addresses the thread for ever."
        max={120}
        required
        value={draft.slug}
        onChange={(slug) => change({ slug })}
      />
      <div className="pair">
        <TextField
          label="Desk"
          pointer="/desk"
          hint="Such as asia."
          max={60}
          required
          value={draft.desk}
          onChange={(desk) => change({ desk })}
        />
        <TextField
          label="Language"
          pointer="/language"
          max={35}
          required
          value={draft.language}
          onChange={(language) => change({ language })}
        />
      </div>
      <TextField
        label="Topics"
        pointer="/topics"
        hint="Lower-case words with dashes, with commas between."
        optional
        max={1300}
        value={draft.topics}
        onChange={(topics) => change({ topics })}
      />
    </>
  );
}

export function threadRequest({ topics, ...draft }: ThreadDraft) {
  const list = topics.split(',').map((topic) => topic.trim());
  return { ...draft, topics: list.filter((topic) => topic !== '') };
}
