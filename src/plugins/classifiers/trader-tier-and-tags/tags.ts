import type { tags } from '../../../plugin-api/index.ts';
import type { TraderTierConfig } from './config.ts';
import { allAbove, atLeast, shown, type TierFigures } from './figures.ts';

export interface TagItem {
  readonly tag: (typeof tags)[number];
  readonly because: string;
}

/** The tags of some figures, in the order in which they are listed everywhere. A figure that is not known gives none. */
export function tagsOf(figures: TierFigures, config: TraderTierConfig['tags']): readonly TagItem[] {
  const { score, accountValue, allRoi } = figures;
  const given: TagItem[] = [];
  if (score !== null && score >= config.topPerformerScore) {
    given.push({ tag: 'top_performer', because: atLeast('score', score, config.topPerformerScore) });
  }
  if (score !== null && score >= config.eliteScore) {
    given.push({ tag: 'elite', because: atLeast('score', score, config.eliteScore) });
  }
  if (accountValue !== null && accountValue >= config.whaleAccountValue) {
    given.push({ tag: 'whale', because: atLeast('account value', accountValue, config.whaleAccountValue) });
  }
  if (accountValue !== null && accountValue >= config.largeAccountValue) {
    given.push({ tag: 'large', because: atLeast('account value', accountValue, config.largeAccountValue) });
  }
  if (allAbove(figures, config.consistentRoiAbove)) {
    given.push({
      tag: 'consistent',
      because: `day ${shown(figures.dayRoi!)}, week ${shown(figures.weekRoi!)}, month ${shown(figures.monthRoi!)}: ROI all > ${config.consistentRoiAbove}`,
    });
  }
  if (allRoi !== null && allRoi >= config.highPerformerRoi) {
    given.push({ tag: 'high_performer', because: atLeast('all-time ROI', allRoi, config.highPerformerRoi) });
  }
  return given;
}
