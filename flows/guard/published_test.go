package guard

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/safety-guard.md anew")

// set is a file of sentences that were written before anything was changed because of them, and what it scored at its first run: adverse events heard and
// all of them, special situations and doubts about quality likewise (0 of 0 = not counted then), sentences that opened a case for nothing and all such.
type set struct {
	file, what                                   string
	heard, events, others, special, alarms, none int
}

// first are the sets in the order in which they were written.
var first = []set{
	{"late.tsv", "一：词表写完之后，按临床平时说话的样子另写", 27, 57, 0, 0, 6, 83},
	{"fresh.tsv", "二：加上“用药后……”的判断之后", 36, 50, 0, 0, 5, 59},
	{"last.tsv", "三：随后再写", 25, 30, 0, 0, 0, 30},
	{"gp.tsv", "四：社区全科医生，边随访边打字", 46, 56, 2, 4, 3, 20},
	{"ward.tsv", "五：住院医和临床药师，书面、缩写；先加了“部位＋不对劲”的判断", 45, 52, 3, 8, 1, 20},
	{"voice.tsv", "六：县医院门诊，语音转文字、错字、方言；先加了用药差错、停药好转、化验界限", 44, 52, 7, 8, 1, 20},
	{"senior.tsv", "七：老主任和护士长，长句、文言；先加了纠纷退药、汉字数字、话在前药在后", 50, 54, 4, 6, 1, 20},
	{"young.tsv", "八：急诊年轻医生和药店药师，网络用语；先加了转折", 49, 54, 3, 6, 1, 20},
	{"neuro.tsv", "九：神经内科和康复科，治疗经过和请求写在一条里；先加了“吐到、咳醒”、当什么吃、少几片", 52, 54, 4, 6, 1, 30},
	{"mixed.tsv", "十：肾内科进修医生、乡镇卫生院、体检中心护士混写；先按第九批补过", 48, 52, 7, 8, 3, 20},
	{"clinic.tsv", "十一：二级医院呼吸内科和妇幼保健院药师，夹检查单、时间；先按第十批补过", 46, 52, 3, 8, 4, 20},
	{"county.tsv", "十二：县医院心内科主治和社区护士，平常口气，日常答话多；先按第十一批补过", 49, 50, 9, 10, 5, 40},
}

var kindNames = map[string]string{
	"ae": "不良反应", "special": "特殊情况", "quality": "质量问题", "beyond": "超说明书提问", "label": "说明书内提问", "compare": "药品比较", "patient": "具体患者",
	"benefit": "索要利益", "count": "处方数量", "complaint": "投诉", "identity": "患者身份",
}

var groupNames = map[string]string{
	"negated": "否定", "hypothetical": "假设、担心", "educational": "泛问、学习", "own_life": "医生自己的事和日常答话", "condition": "基础病、既往史", "foreign": "别家的药",
	"relief": "用药后好转", "later": "后写各批里的", "all": "合计",
}

// page is the published page.
func page(t testing.TB) string {
	var b strings.Builder
	s := measure(t, labelled()...)
	b.WriteString("# 安全判断的成绩\n\n`flows/guard` 听医生说的每一句话，不良反应、特殊情况和质量问题当场登记。宁可多登记，由药物警戒同事判定；这里公布它听出多少、错登多少。\n")
	b.WriteString("这一页由 `go test ./flows/guard -run TestPublished -update` 写成，数字和测试是同一套。\n\n")
	fmt.Fprintf(&b, "## 标注集（%d 句，`flows/guard/testdata/*.tsv`）\n\n词表和判断照着这一集改过，所以它只说明没有退步，不说明没见过的话能听出多少。\n\n| 应听出 | 句数 | 听出 | 召回 |\n|---|---|---|---|\n", s.rows)
	for _, k := range []string{"ae", "special", "quality", "beyond", "label", "compare", "patient", "benefit", "count", "complaint", "identity"} {
		c := s.kinds[k]
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", kindNames[k], c.rows, c.heard, c.percent())
	}
	b.WriteString("\n不该登记却登记的（误报）：\n\n| 句子 | 句数 | 误报 | 比例 |\n|---|---|---|---|\n")
	for _, g := range slices.Sorted(maps.Keys(groupNames)) {
		if c := s.strange[g]; g != "all" {
			fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", groupNames[g], c.rows, c.heard, c.percent())
		}
	}
	all := s.strange["all"]
	fmt.Fprintf(&b, "| %s | %d | %d | %.1f %% |\n", groupNames["all"], all.rows, all.heard, all.percent())
	b.WriteString("\n误报的句子：\n\n")
	for _, a := range s.alarms {
		b.WriteString("- " + a + "\n")
	}
	unseen(t, &b)
	b.WriteString("\n听不出的，还有菜单“报告不良反应”、人工、代表上报三条路。自己的叫法写进 `_config.yaml` 的 `listen`（`do: report` 的 `when_text`），当场生效。\n")
	return b.String()
}

// lately is how many of the last sets are counted together: one alone says little.
const lately = 4

// unseen writes what the guard made of words that it had not been changed for.
func unseen(t testing.TB, b *strings.Builder) {
	b.WriteString("\n## 没见过的话\n\n每一批都在判断写好之后才写，换一位医生的科室和口气，写完当即跑：“第一次”才是对新说法的估计，登出后不改。跑完再据此补词、补判断，并入标注集，“现在”是补过以后。")
	b.WriteString("句子和判断出自同一支笔，真实的会话会更杂，上线后的漏听请按下面的办法补。\n\n")
	b.WriteString("| 批次 | 不良反应第一次 | 特殊情况、质量第一次 | 误报第一次 | 不良反应现在 | 误报现在 |\n|---|---|---|---|---|---|\n")
	for _, f := range first {
		s, others := measure(t, f.file), "未计"
		if f.special > 0 {
			others = fmt.Sprintf("%d/%d", f.others, f.special)
		}
		fmt.Fprintf(b, "| %s | %d/%d（%.1f %%） | %s | %d/%d | %d/%d | %d/%d |\n", f.what, f.heard, f.events, share{f.events, f.heard}.percent(), others, f.alarms, f.none,
			s.kinds["ae"].heard, s.kinds["ae"].rows, s.strange["all"].heard, s.strange["all"].rows)
	}
	pooled := set{}
	for _, f := range first[len(first)-lately:] {
		pooled.heard, pooled.events, pooled.alarms, pooled.none = pooled.heard+f.heard, pooled.events+f.events, pooled.alarms+f.alarms, pooled.none+f.none
	}
	fmt.Fprintf(b, "\n最近 %d 批合起来，第一次听出 %d/%d（%.1f %%），误报 %d/%d（%.1f %%）。平常口气听得好，生僻的说法、夹检查单的短句差一些。\n", lately, pooled.heard, pooled.events,
		share{pooled.events, pooled.heard}.percent(), pooled.alarms, pooled.none, share{pooled.none, pooled.alarms}.percent())
	b.WriteString("\n还听不出的（现在）：\n\n")
	for _, m := range measure(t, labelled()...).missed {
		kind, text, _ := strings.Cut(m, " ")
		b.WriteString("- " + kindNames[kind] + "：" + text + "\n")
	}
}

// TestPublished: the published page says what the guard does now.
func TestPublished(t *testing.T) {
	const file = "../../docs/safety-guard.md"
	want := page(t)
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("docs/safety-guard.md differs from what the guard does (go test ./flows/guard -run TestPublished -update): %v", err)
	}
	for _, f := range first {
		if s := measure(t, f.file); s.kinds["ae"].heard < f.heard {
			t.Errorf("%s: %d adverse events heard, %d at first", f.file, s.kinds["ae"].heard, f.heard)
		}
	}
}
