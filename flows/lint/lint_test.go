package lint

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func never(string) bool { return false }

// TestMessages: every entry of the table has a rule with a level and a title, and no mistaken placeholder.
func TestMessages(t *testing.T) {
	tab := loadTable()
	if len(tab.Messages) < 100 || len(tab.Rules) < 30 {
		t.Fatalf("%d messages, %d rules", len(tab.Messages), len(tab.Rules))
	}
	for key, m := range tab.Messages {
		r, ok := tab.Rules[m.Code]
		if !ok || r.Title == "" || (r.Level != Error && r.Level != Warning && r.Level != Hint) {
			t.Errorf("%s: rule %q", key, m.Code)
		}
		if m.Message == "" {
			t.Errorf("%s has no message", key)
		}
		if r.Why == "" || r.Cure == "" {
			t.Errorf("%s has no why and cure for its page", m.Code)
		}
		if strings.Count(m.Message, "[[") != strings.Count(m.Message, "]]") {
			t.Errorf("%s: unbalanced optional part", key)
		}
	}
}

// TestMessageKeys: every key that the code uses is in the table, and every entry is used.
func TestMessageKeys(t *testing.T) {
	used := map[string]bool{}
	re := regexp.MustCompile(`"([a-z0-9_]{3,})"`)
	for _, pattern := range []string{"*.go", "../*.go", "../cond/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(data), -1) {
				used[m[1]] = true
				used["cond_"+m[1]] = true
			}
		}
	}
	for key := range loadTable().Messages {
		if !used[key] && !strings.HasPrefix(key, "shadow_") && !strings.HasPrefix(key, "command_") && !strings.HasPrefix(key, "kind_") && !strings.HasPrefix(key, "level_") {
			t.Errorf("nobody says %s", key)
		}
	}
	direct := regexp.MustCompile(`(?:refuse|add|sink\.Add|Add)\((?:n|k|f|l\.file|w\.file|[a-z.]+)(?:, [^"()]*)?, "([a-z]+_[a-z_]+)"`)
	files, _ := filepath.Glob("../*.go")
	own, _ := filepath.Glob("*.go")
	for _, f := range append(files, own...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range direct.FindAllStringSubmatch(string(data), -1) {
			if _, ok := loadTable().Messages[m[1]]; !ok {
				t.Errorf("%s says %s, which has no message", f, m[1])
			}
		}
	}
}

func TestExpand(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"没有 {name}[[，是不是 {near}？]]", "没有 a"},
		{"没有 {name}[[，是不是 {near}？]]，{rest}", "没有 a，{near}"},
	} {
		if got := expand(c.in, []string{"name", "a", "near", "", "rest", "{near}"}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := expand("[[是不是 {near}？]]", []string{"near", "title"}); got != "是不是 title？" {
		t.Errorf("%q", got)
	}
}

// TestText holds the form for people, with the caret under wide characters.
func TestText(t *testing.T) {
	s := &Sink{}
	f := NewFile("a.yaml", []byte("flow: x\n  问：您好\n"))
	s.Add(f, 2, 4, 1, "full_colon", "key", "ask")
	want := "a.yaml:2:4: 错误：冒号是全角“：”，请改成英文冒号加空格（可自动修复） [Y001 全角符号]\n  |\n2 |   问：您好\n  |     ^~\n  → 写成 ask: 后面空一格再写内容。\n"
	if diff := cmp.Diff(want, s.All[0].Text()); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	s := &Sink{}
	s.Add(NewFile("a.yaml", []byte("x: 1\n")), 1, 1, 1, "duplicate_key", "key", "x", "first", "1")
	var b strings.Builder
	if err := JSON(&b, s.All); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"file": "a.yaml", "line": 1.0, "column": 1.0, "code": "Y003", "level": "error", "message": "“x”写了两次，第一次在第 1 行", "advice": "请删掉一个，或者换个名字。"}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	b.Reset()
	if err := JSON(&b, nil); err != nil || strings.TrimSpace(b.String()) != "[]" {
		t.Errorf("%v %q", err, b.String())
	}
}

func TestSortAndBlocks(t *testing.T) {
	a := Problem{File: "a", Line: 2, Level: Warning, Message: "m"}
	ps := Sort([]Problem{a, {File: "a", Line: 1, Level: Hint}, a})
	if len(ps) != 2 || ps[0].Line != 1 {
		t.Errorf("%+v", ps)
	}
	if Blocks(ps, false) || !Blocks(ps, true) || len(Errors(ps)) != 0 {
		t.Error("levels")
	}
}

func TestIgnore(t *testing.T) {
	f := NewFile("a.yaml", []byte("a: 1 # lint: ignore C505 引用原文\nb: 2\nc: 3 # lint: ignore C505\nd: 4\n# lint: ignore Y003 不行\ne: 5\n"))
	for line, want := range map[int]int{1: 0, 2: 0, 3: 1, 4: 1} {
		s := &Sink{}
		s.Add(f, line, 1, 1, "forbidden_word", "word", "x", "why", "y")
		if len(s.All) != want {
			t.Errorf("line %d: %d findings", line, len(s.All))
		}
	}
	s := &Sink{}
	if s.Add(f, 6, 1, 1, "duplicate_key"); len(s.All) != 1 {
		t.Error("a mistake of structure was excepted")
	}
}

// TestLimits: what is too large, too deep or no text is refused at once.
func TestLimits(t *testing.T) {
	deep := strings.Repeat("- ", MaxDepth+3) + "x\n"
	for name, data := range map[string]string{
		"too_deep": deep, "utf8": "a: \xff\n", "size": strings.Repeat("a", MaxFile+1), "lists/size": strings.Repeat("a", MaxList+1), "many": "a: 1\n---\nb: 2\n", "empty": " \n", "tag": "a: !!str x\n",
		"alias": "a: &x 1\nb: *x\n", "merge": "a: 1\n<<: {b: 2}\n", "key": "[a]: 1\n", "bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
	} {
		s := &Sink{}
		if _, root := Read(name+".yaml", []byte(data), s, never); root != nil || len(Errors(s.All)) == 0 {
			t.Errorf("%s: taken, %+v", name, s.All)
		}
	}
	large := "a: " + strings.Repeat("b", MaxFile) + "\n"
	for name, fine := range map[string]bool{"lists/a.yaml": true, "a.yaml": false, "i18n/a.yaml": false, "tests/a.test.yaml": false} {
		s := &Sink{}
		if _, root := Read(name, []byte(large), s, never); (root != nil) != fine || fine != (len(s.All) == 0) {
			t.Errorf("%s of more than 1 MB: %d findings", name, len(s.All))
		} else if !fine && (s.All[0].Message != "文件太大，最多 1 MB" || s.All[0].Source != "") {
			t.Errorf("%s: %s", name, s.All[0].Message)
		}
	}
	s := &Sink{}
	if _, root := Read("x.yaml", []byte("\ufeffa: 1\r\nb: \"提示: #1\"\r\n"), s, never); root == nil || len(Errors(s.All)) != 0 {
		t.Errorf("BOM and CRLF: %+v", s.All)
	}
}

// FuzzRead: whatever is in the file, reading ends without a panic, and a refusal has a finding of level error with a line.
func FuzzRead(f *testing.F) {
	for _, pattern := range []string{"../testdata/slips/*.yaml", "../testdata/bad/*.yaml", "../testdata/talk/*.yaml"} {
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
	f.Add([]byte("a: \"\\u00e9\n- |\n  x"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Sink{}
		_, root := Read("f.yaml", data, s, func(string) bool { return true })
		if root == nil && len(Errors(s.All)) == 0 {
			t.Errorf("refused without a word: %q", data)
		}
		for _, p := range s.All {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || p.Text() == "" {
				t.Errorf("finding without a place: %+v", p)
			}
		}
	})
}
