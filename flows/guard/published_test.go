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

// first is what each later file scored at its first run, before anything was changed because of it: adverse events heard, all of them, sentences that opened a
// case for nothing, all such sentences.
var first = []struct {
	file, what                   string
	heard, events, alarms, other int
}{
	{"late.tsv", "第一批：词表写完之后，按临床平时说话的样子另写", 27, 57, 6, 83},
	{"fresh.tsv", "第二批：加上“用药后……”的判断之后再写", 36, 50, 5, 59},
	{"last.tsv", "第三批：最后写，只量一次，不据此再改", 25, 30, 0, 30},
}

var kindNames = map[string]string{
	"ae": "不良反应", "special": "特殊情况", "quality": "质量问题", "beyond": "超说明书提问", "label": "说明书内提问", "compare": "药品比较", "patient": "具体患者",
	"benefit": "索要利益", "count": "处方数量", "complaint": "投诉", "identity": "患者身份",
}

var groupNames = map[string]string{
	"negated": "否定", "hypothetical": "假设、担心", "educational": "泛问、学习", "own_life": "医生自己的事和日常答话", "condition": "基础病、既往史", "foreign": "别家的药",
	"relief": "用药后好转", "all": "合计",
}

// page is the published page.
func page(t testing.TB) string {
	var b strings.Builder
	s := measure(t, "labelled.tsv")
	b.WriteString("# 安全判断的成绩\n\n`flows/guard` 听医生说的每一句话，不良反应、特殊情况和质量问题当场登记。宁可多登记，由药物警戒同事判定；这里公布它听出多少、错登多少。\n")
	b.WriteString("这一页由 `go test ./flows/guard -run TestPublished -update` 写成，数字和测试是同一套。\n\n")
	fmt.Fprintf(&b, "## 标注集（%d 句，`flows/guard/testdata/labelled.tsv`）\n\n词表和判断照着这一集改过，所以它只说明没有退步，不说明没见过的话能听出多少。\n\n| 应听出 | 句数 | 听出 | 召回 |\n|---|---|---|---|\n", s.rows)
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
	b.WriteString("\n## 没见过的话\n\n三批句子都是判断写好之后才写的。“第一次”是写完当即跑的成绩，才是对新说法的估计；“现在”包括了据此补的词。\n\n")
	b.WriteString("| 批次 | 不良反应第一次 | 误报第一次 | 不良反应现在 | 误报现在 |\n|---|---|---|---|---|\n")
	for _, f := range first {
		s := measure(t, f.file)
		fmt.Fprintf(&b, "| %s | %d/%d（%.1f %%） | %d/%d | %d/%d（%.1f %%） | %d/%d |\n", f.what, f.heard, f.events, 100*float64(f.heard)/float64(f.events), f.alarms, f.other,
			s.kinds["ae"].heard, s.kinds["ae"].rows, s.kinds["ae"].percent(), s.strange["all"].heard, s.strange["all"].rows)
	}
	b.WriteString("\n还听不出的（现在）：\n\n")
	for _, f := range first {
		for _, m := range measure(t, f.file).missed {
			kind, text, _ := strings.Cut(m, " ")
			b.WriteString("- " + kindNames[kind] + "：" + text + "\n")
		}
	}
	b.WriteString("\n听不出的，还有菜单“报告不良反应”、人工、代表上报三条路。自己的叫法写进 `_config.yaml` 的 `listen`（`do: report` 的 `when_text`），当场生效。\n")
	return b.String()
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
