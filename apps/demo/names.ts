import type { Chance } from './random.ts'

/** Invented people: frequent surnames and given names put together by chance. Some are long or rare on purpose. */

const SURNAMES =
  '王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤'
const DOUBLE_SURNAMES = ['欧阳', '上官', '司马', '诸葛', '夏侯', '皇甫', '尉迟', '公孙', '慕容', '司徒']
const FEMALE = '婷丽娟敏静秀娜燕霞玲芳萍红梅琴雪倩颖佳怡欣悦琳蕾露瑶晴岚菲妍彤诗雅慧洁莹'
const MALE = '伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆睿哲宏远志峰翔晨毅建国文武博'
const MIDDLE = '晓志建国海春秋文永家子嘉思雨梦佳一天宏玉小丽雪清'
const RARE = ['𠮷', '䶮', '㛃', '昺', '堃', '喆', '翀', '旸']

export type Sex = 'female' | 'male'

export function inventName(chance: Chance, sex: Sex): string {
  if (chance.hits(0.003)) return chance.pick(['买买提·艾力', '阿依古丽·吐尔逊', '古丽娜尔·买合木提', '次仁·卓玛'])
  const surname = chance.hits(0.012) ? chance.pick(DOUBLE_SURNAMES) : chance.pick([...SURNAMES])
  const last = chance.hits(0.006) ? chance.pick(RARE) : chance.pick([...(sex === 'female' ? FEMALE : MALE)])
  return chance.hits(0.3) ? `${surname}${last}` : `${surname}${chance.pick([...MIDDLE])}${last}`
}
