package console_test

// superClasses are rules for super customers in miniature.
const superClasses = `labels:
  stage: {find: 寻找, understand: 理解, influence: 影响, rely: 依靠, asleep: 休眠}
  gate: {material: 问过财物往来}
  helped: {referral: 介绍同行}
products:
  - {code: sample_sartan, label: 示例沙坦片, ladder: "", potential: []}
supers:
  dimensions:
    - {is: sales, label: 机构分位, lines: [{points: 100, of: access.decile, range: 0..10, why: 分位}]}
    - {is: affinity, label: 认同, lines: [{points: 100, when: doctor.level == 2, why: 推荐意愿}]}
    - {is: influence, label: 学术影响, lines: [{points: 20, when: profile.visit_wish == f2f, why: 学术}]}
    - {is: access, label: 准入影响, lines: [{points: 20, when: doctor.level == 2, why: 准入}]}
  lenses:
    - {lens: sales, label: 销售, roles: [rep, manager], weights: {sales: 30, affinity: 70}, why: 机构体量和认同并重}
    - {lens: ga, label: 政府事务, roles: [access], weights: {access: 100}, why: 准入}
    - {lens: marketing, label: 市场部, roles: [marketing], weights: {influence: 100}, why: 影响力}
    - {lens: medical, label: 医学部, roles: [medical], weights: {influence: 100}, why: 学术}
  stages:
    - {is: asleep, when: "recency > 90", why: 久未联系}
    - {is: rely, when: "super.status == confirmed and depth >= 5", why: 一起做}
    - {is: influence, when: "super.status == confirmed", why: 已确认}
    - {is: understand, when: "super.status == candidate", why: 候选}
    - {is: find, when: else, why: 还在找}
  steps:
    find: [{is: look, when: else, say: 补资料}]
    understand: [{is: card, when: else, say: 写同理心卡, days: 7}]
    influence: [{is: bring, when: else, say: 带一份资料}]
    rely: [{is: host, when: else, say: 请医生主持}]
    asleep: [{is: wake, when: else, say: 问候}]
  channels:
    - {is: peer, label: 同行认可, tone: 请教的口气, gesture: 同行圆桌的邀请}
    - {is: patient, label: 患者获益, tone: 从患者的变化说起, gesture: 一个病例讨论}
`
