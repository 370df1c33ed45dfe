package lint

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func languageKey(s string) bool {
	return s == "ask" || s == "say" || s == "when" || s == "label" || s == "x"
}

func fixed(data string) (string, []Problem) {
	out, ps := Fix("f.yaml", []byte(data), func(d []byte, s *Sink) { Read("f.yaml", d, s, languageKey) })
	return string(out), ps
}

// TestFix: what is repaired, and what needs the author.
func TestFix(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"full colon":          {"a:\n  - ask：您好\n", "a:\n  - ask: 您好\n"},
		"full colon, space":   {"ask：　您好\n", "ask: 您好\n"},
		"full colon in text":  {"ask: 提示：您好\n", "ask: 提示：您好\n"},
		"two in a line":       {"a: [{x：苹果}，{y：梨}]\n", "a: [{x: 苹果}, {y: 梨}]\n"},
		"glued":               {"ask:您好\n", "ask: 您好\n"},
		"wide indent":         {"a:\n　- x: 1\n", "a:\n  - x: 1\n"},
		"tab":                 {"a:\n  - x: 1\n\task: 2\n", "a:\n  - x: 1\n    ask: 2\n"},
		"tab of an item":      {"a:\n\t- x: 1\n\t- x: 2\n", "a:\n  - x: 1\n  - x: 2\n"},
		"tabs two deep":       {"a:\n\t- x: 1\n\t\task: 2\n", "a:\n  - x: 1\n    ask: 2\n"},
		"wide dash":           {"a:\n  － x: 1\n", "a:\n  - x: 1\n"},
		"wide brackets":       {"a: ［苹果，香蕉］\n", "a: [苹果, 香蕉]\n"},
		"wide brace":          {"a: {x: 1｝\n", "a: {x: 1}\n"},
		"dash":                {"a:\n  -甲\n", "a:\n  - 甲\n"},
		"hash":                {"ask: 选择 #1 号\n", "ask: \"选择 #1 号\"\n"},
		"hash and quote":      {"ask: 选\"甲\" #1 号\n", "ask: '选\"甲\" #1 号'\n"},
		"comment stays":       {"ask: 提示: 请回复 # 给同事看\n", "ask: \"提示: 请回复\" # 给同事看\n"},
		"second colon":        {"- say: 提示: 请回复\n", "- say: \"提示: 请回复\"\n"},
		"colon in braces":     {"a: [{x: 提示: 请回复, y: 好}]\n", "a: [{x: \"提示: 请回复\", y: 好}]\n"},
		"colon, two braces":   {"a: {x: 好, y: {x: 甲, y: 请选:}}\n", "a: {x: 好, y: {x: 甲, y: \"请选:\"}}\n"},
		"colon at the end":    {"- say: 请选:\n", "- say: \"请选:\"\n"},
		"another key":         {"- say: ask: 请回复\n", "- say: ask: 请回复\n"},
		"item behind a key":   {"a: - x: 请回复\n", "a: - x: 请回复\n"},
		"at":                  {"- say: @老师\n", "- say: \"@老师\"\n"},
		"moustache":           {"- say: {{name}}您好\n", "- say: \"{{name}}您好\"\n"},
		"emoticon":            {"- say: [强] 谢谢\n", "- say: \"[强] 谢谢\"\n"},
		"list with a rest":    {"a: [苹果, 香蕉]，\n", "a: [苹果, 香蕉]，\n"},
		"placeholder":         {"- {x: 1, say: 您说 ${n} 张，请核对。}\n", "- {x: 1, say: \"您说 ${n} 张，请核对。\"}\n"},
		"comma":               {"- {x: 1, say: 好的, 谢谢}\n", "- {x: 1, say: \"好的, 谢谢\"}\n"},
		"comma and more":      {"- {say: 好的, 谢谢, x: 1}\n", "- {say: \"好的, 谢谢\", x: 1}\n"},
		"formula":             {"set: {s: sum(a, b)}\n", "set: {s: \"sum(a, b)\"}\n"},
		"list of texts":       {"retry: [请写 ${min}, 再写 ${max}]\n", "retry: [\"请写 ${min}\", \"再写 ${max}\"]\n"},
		"nested":              {"a: {x: {y: 甲, 乙}, z: 1}\n", "a: {x: {y: \"甲, 乙\"}, z: 1}\n"},
		"invisible":           {"\ufeffa: 1  \r\nb: 2\t\r\n", "a: 1\nb: 2\n"},
		"space in a text":     {"a: |\n  甲  \n  乙\nb: 1 \n", "a: |\n  甲  \n  乙\nb: 1\n"},
		"slip in a text":      {"a: |\n  ask：甲\n", "a: |\n  ask：甲\n"},
		"comment of its own":  {"# 说明：一句\na: 1 # 好：的\n", "# 说明：一句\na: 1 # 好：的\n"},
		"fine":                {"a: 1\n", "a: 1\n"},
		"nothing to be done":  {"a: \"x\n", "a: \"x\n"},
		"brackets over lines": {"a: {x: 好的, 谢谢,\n  y: 1}\n", "a: {x: 好的, 谢谢,\n  y: 1}\n"},
	} {
		got, ps := fixed(c.in)
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if (got == c.in) != (len(ps) == 0) {
			t.Errorf("%s: %d repairs", name, len(ps))
		}
		for _, p := range ps {
			if !strings.HasSuffix(p.Message, Phrase("fixable")) {
				t.Errorf("%s: repaired without having said so: %s", name, p.Message)
			}
		}
		if again, ps := fixed(got); again != got || len(ps) > 0 {
			t.Errorf("%s: a second run changes %q", name, again)
		}
	}
}

// TestFixable: a finding says that it can be repaired only where it can.
func TestFixable(t *testing.T) {
	for in, want := range map[string]bool{"ask：甲\n": true, "a: [苹果, 香蕉]，\n": false, "- {x: 好, 谢谢}\n": true, "- {x: 好, 谢谢,\n  y: 1}\n": false} {
		s := &Sink{}
		Read("f.yaml", []byte(in), s, languageKey)
		if len(s.All) == 0 || strings.HasSuffix(s.All[0].Message, Phrase("fixable")) != want {
			t.Errorf("%q: %+v", in, s.All)
		}
	}
}

// TestFixMany: thousands of slips are bounded work, and all are repaired.
func TestFixMany(t *testing.T) {
	var b strings.Builder
	b.WriteString("a:\n")
	for range 3000 {
		b.WriteString("  -甲\n")
	}
	got, ps := fixed(b.String())
	if len(ps) != 3000 || strings.Contains(got, "-甲") {
		t.Errorf("%d repairs", len(ps))
	}
	if huge := strings.Repeat("ask：甲\n", maxFix/8); len(huge) > maxFix {
		if got, ps := fixed(huge); got != huge || ps != nil {
			t.Error("a file of master data was touched")
		}
	}
}

func TestDiff(t *testing.T) {
	want := "--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n-<BOM>ask：甲<CR>\n+ask: 甲\n"
	if d := cmp.Diff(want, Diff("a.yaml", []byte("\ufeffask：甲\r\nb: 1\n"), []byte("ask: 甲\nb: 1\n"))); d != "" {
		t.Error(d)
	}
	if Diff("a", []byte("x"), []byte("x")) != "" {
		t.Error("a difference between equals")
	}
}

// TestExceptions: what an exception needs to have an effect, and the list of those that have.
func TestExceptions(t *testing.T) {
	src := "a: 1 # lint: ignore C505 引用原文\nb: 2 # lint: ignore C505\n# lint: ignore M4O2 拼错\nc: |\n  # lint: ignore C505\nd: 3 #lint: ignore Y003 不行\ne: \"x # lint: ignore\"\n# lint:ignore   R206  用例要看它\n"
	s := &Sink{}
	Read("a.yaml", []byte(src), s, never)
	var got []string
	for _, p := range s.All {
		got = append(got, p.Code+" "+itoa(p.Line)+" "+p.Message)
	}
	want := []string{"Y010 2 例外没有写理由", "Y010 3 没有叫 M4O2 的规则，例外要写规则号", "Y010 6 Y003 不能例外"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	list := []Exception{{"a.yaml", 1, "C505", "禁用语", "引用原文"}, {"a.yaml", 8, "R206", "没有用到", "用例要看它"}}
	if d := cmp.Diff(list, Ignored("a.yaml", []byte(src))); d != "" {
		t.Error(d)
	}
}

// TestSARIF looks at everything that the schema requires and that viewers rely on.
func TestSARIF(t *testing.T) {
	s := &Sink{}
	s.Add(NewFile("流程/a b.yaml", []byte("x: 1\nask：甲\n")), 2, 4, 1, "full_colon", "key", "ask")
	s.Add(NewFile("b.yaml", []byte("x: 1 \n")), 1, 5, 1, "trailing_space")
	var b bytes.Buffer
	if err := SARIF(&b, s.All); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                                      string
						ShortDescription, FullDescription, Help struct{ Text string }
						HelpURI                                 string
						DefaultConfiguration                    struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct {
							StartLine, StartColumn, EndColumn int
							Snippet                           struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.Contains(log.Schema, "sarif") || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || log.Runs[0].ColumnKind != "unicodeCodePoints" {
		t.Fatalf("%+v", log)
	}
	run := log.Runs[0]
	for _, r := range run.Tool.Driver.Rules {
		level := r.DefaultConfiguration.Level
		if r.ID == "" || r.ShortDescription.Text == "" || r.FullDescription.Text == "" || r.Help.Text == "" ||
			!strings.HasSuffix(r.HelpURI, "#"+strings.ToLower(r.ID)) || (level != "error" && level != "warning" && level != "note") {
			t.Errorf("rule %+v", r)
		}
	}
	if len(run.Results) != 2 || run.Results[1].Level != "note" {
		t.Fatalf("%+v", run.Results)
	}
	for _, r := range run.Results {
		at := r.Locations[0].PhysicalLocation
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || at.Region.StartLine < 1 || at.Region.StartColumn < 1 ||
			at.Region.EndColumn <= at.Region.StartColumn {
			t.Errorf("result %+v", r)
		}
	}
	at := run.Results[0].Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "%E6%B5%81%E7%A8%8B/a%20b.yaml" || at.Region.StartLine != 2 || at.Region.Snippet.Text != "ask：甲" {
		t.Errorf("%+v", at)
	}
	b.Reset()
	if err := SARIF(&b, nil); err != nil || !strings.Contains(b.String(), `"results": []`) {
		t.Errorf("no findings: %v", err)
	}
}

func TestMarkdown(t *testing.T) {
	s := &Sink{}
	s.Add(NewFile("a_b.yaml", []byte("x: 1\n")), 1, 1, 1, "duplicate_key", "key", "a|b", "first", "1")
	var b strings.Builder
	if err := Markdown(&b, s.All); err != nil {
		t.Fatal(err)
	}
	want := "1 处问题，其中错误 1 处。\n\n| 位置 | 级别 | 规则 | 发现 | 怎么改 |\n|---|---|---|---|---|\n" +
		"| `a\\_b.yaml:1:1` | 错误 | Y003 键重复 | “a\\|b”写了两次，第一次在第 1 行 | 请删掉一个，或者换个名字。 |\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	if err := Markdown(&b, nil); err != nil || b.String() != "没有问题。\n" {
		t.Errorf("%q %v", b.String(), err)
	}
}

// FuzzFix: whatever is in the file, repairing ends without a panic, leaves no more mistakes of form than before, keeps the meaning of what could be
// read without a slip, and changes nothing the second time.
func FuzzFix(f *testing.F) {
	for _, pattern := range []string{"../testdata/slips/*.yaml", "../testdata/bad/Y*.yaml", "../testdata/talk/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte("a: {x: \"b, ${c, d}\n\t－ y：[z，]"))
	f.Add([]byte("ask: 甲 #乙\r\n \r\n\task: |\n  丙: 丁 \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(d []byte, s *Sink) { Read("f.yaml", d, s, languageKey) }
		before, after := &Sink{}, &Sink{}
		read(data, before)
		out, ps := Fix("f.yaml", data, read)
		read(out, after)
		if after.mistakes("f.yaml") > before.mistakes("f.yaml") {
			t.Errorf("more mistakes than before: %q became %q", data, out)
		}
		if (len(ps) == 0) != bytes.Equal(out, data) {
			t.Errorf("%d repairs for %q", len(ps), data)
		}
		if before.mistakes("f.yaml") == 0 && utf8.Valid(data) && !sameMeaning(strings.Join(NewFile("f", data).lines, "\n"), string(out)) {
			t.Errorf("another meaning: %q became %q", data, out)
		}
		if again, ps := Fix("f.yaml", out, read); !bytes.Equal(again, out) || len(ps) > 0 {
			t.Errorf("a second run changes %q to %q", out, again)
		}
	})
}
