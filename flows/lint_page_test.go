package flows

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/flows/lint"
)

// groups are the headings of the page, by the first letter of the code.
var groups = []struct{ letter, title, about string }{
	{"Y", "Y 格式", "文件读不读得懂。这些要先改好，才看得到后面的发现。"},
	{"S", "S 结构", "该有的有没有，写得对不对。"},
	{"R", "R 引用", "名字、值、类型对不对得上。"},
	{"P", "P 路径", "每条路走不走得通。"},
	{"M", "M 选项与回复", "医生的回复读不读得准。"},
	{"C", "C 合规与安全", "能不能这样说、这样问。"},
	{"W", "W 微信", "发不发得出去、看不看得清。"},
	{"I", "I 翻译", "各种语言齐不齐。"},
	{"V", "V 版本", "改了以后，正在进行的对话怎么办。"},
	{"T", "T 测试", "用例写得对不对、过不过。"},
	{"X", "X 内部", "运行时遇到的问题。"},
}

// TestRulesPage: docs/rules.zh.md has a page for every rule, made of the message table and the sample that breaks it; -update rewrites it.
func TestRulesPage(t *testing.T) {
	var b strings.Builder
	b.WriteString("# 检查规则\n\n`vrep flows lint` 的每一条规则：为什么、怎么改、一个会被指出来的例子。这一页由规则表和例子生成，请不要手改。\n\n" +
		"级别：错误拦住发布；提醒只在 `--strict` 时拦；提示从不拦。带“（可自动修复）”的，`vrep flows lint --fix` 能改。\n" +
		"确实需要例外时，在那一行或上一行写 `# lint: ignore 规则号 理由`；Y、S、X 三组不能例外。\n")
	levels := map[string]string{lint.Error: "错误", lint.Warning: "提醒", lint.Hint: "提示"}
	done := map[string]bool{}
	for _, g := range groups {
		first := true
		for _, r := range lint.Rules() {
			if !strings.HasPrefix(r.Code, g.letter) {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n## %s\n\n%s\n", g.title, g.about)
				first = false
			}
			done[r.Code] = true
			fmt.Fprintf(&b, "\n<a id=\"%s\"></a>\n\n### %s %s（%s）\n\n%s\n\n怎么改：%s\n", strings.ToLower(r.Code), r.Code, r.Title, levels[r.Level], r.Why, r.Cure)
			if inside(r.Code) {
				continue
			}
			path := filepath.Join("testdata", "bad", r.Code+".yaml")
			_, sample := sampleOf(t, path)
			lang := "yaml"
			if strings.HasPrefix(sample, "-- ") {
				lang = "text"
			}
			fmt.Fprintf(&b, "\n```%s\n%s\n```\n\n```text\n%s\n```\n", lang, shortened(seen(sample)), shortened(strings.TrimSpace(seen(text(t, findings(t, path))))))
		}
	}
	for _, r := range lint.Rules() {
		if !done[r.Code] {
			t.Errorf("%s belongs to no group of the page", r.Code)
		}
	}
	golden(t, filepath.Join("..", "docs", "rules.zh.md"), b.String())
}

// inside reports a rule that no flow file breaks: of test files and of the running engine.
func inside(code string) bool { return code[0] == 'X' || code[0] == 'T' }

// seen makes a sample fit for a page: no invisible characters at its ends.
func seen(s string) string {
	return strings.TrimRight(strings.NewReplacer("\ufeff", "", "\r", "", "   \n", "···\n").Replace(s), "\n")
}

// shortened keeps the beginning of what is long.
func shortened(s string) string {
	lines := strings.Split(s, "\n")
	if len(lines) <= 30 {
		return s
	}
	return strings.Join(append(lines[:24], "…"), "\n")
}
