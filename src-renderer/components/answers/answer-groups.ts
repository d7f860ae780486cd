import type { ChannelPreview, PreviewAnswer } from '#contract/models/channel.ts';

export type PreviewDevice = ChannelPreview['devices'][number];

/** Devices that would get the same answer for the same reason. */
export type AnswerGroup = {
  readonly key: string;
  readonly answer: PreviewAnswer;
  /** Those whose answer changes stand first. */
  readonly devices: readonly PreviewDevice[];
  readonly changed: number;
};

const rank: Readonly<Record<PreviewAnswer['outcome'], number>> = { failed: 0, blocked: 1, offered: 2, up_to_date: 3 };

/** By what they would be answered: trouble first, then the larger group. */
export function groupAnswers(devices: readonly PreviewDevice[]): readonly AnswerGroup[] {
  const groups = new Map<string, PreviewDevice[]>();
  for (const device of devices) {
    const { outcome, code, version, channel, rule } = device.after;
    const key = [outcome, code, version, channel, rule].join(' ');
    const group = groups.get(key);
    if (group) group.push(device);
    else groups.set(key, [device]);
  }
  return [...groups]
    .flatMap(([key, members]): AnswerGroup[] => {
      const [first] = members;
      if (first === undefined) return [];
      const changed = members.filter(({ isChanged }) => isChanged).length;
      return [{ key, answer: first.after, devices: members, changed }];
    })
    .toSorted((a, b) => rank[a.answer.outcome] - rank[b.answer.outcome] || b.devices.length - a.devices.length);
}

/** How many devices get another answer than now. */
export function countChanged({ devices }: Pick<ChannelPreview, 'devices'>): number {
  return devices.filter(({ isChanged }) => isChanged).length;
}
