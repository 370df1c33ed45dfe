package guard

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// row is one labelled sentence.
type row struct {
	line  int
	want  []string
	group string
	text  string
}

func rows(t testing.TB, file string) []row {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []row
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if strings.HasPrefix(line, "#") || line == "" {
			continue
		}
		parts := strings.SplitN(line, "\t", 3)
		if len(parts) != 3 {
			t.Fatalf("%s:%d: %d columns", file, n, len(parts))
		}
		r := row{line: n, group: parts[1], text: parts[2]}
		if parts[0] != "-" {
			r.want = strings.Split(parts[0], ",")
		}
		out = append(out, r)
	}
	return out
}

func sample() *Guard {
	return New(Options{Products: []string{"示例沙坦片", "示例沙坦"}, Uses: []string{"高血压"}})
}

func kinds(found []Finding) map[string]bool {
	out := map[string]bool{}
	for _, f := range found {
		out[string(f.Kind)] = true
	}
	return out
}

func TestShow(t *testing.T) {
	g := sample()
	for _, r := range rows(t, "labelled.tsv") {
		found := g.Detect(r.text, Context{})
		got := kinds(found)
		bad := ""
		opens := got["ae"] || got["special"] || got["quality"]
		wantOpens := false
		for _, w := range r.want {
			wantOpens = wantOpens || w == "ae" || w == "special" || w == "quality"
			if !got[w] {
				bad += " miss:" + w
			}
		}
		if opens && !wantOpens {
			bad += " FALSE"
		}
		if len(r.want) == 0 && len(got) > 0 {
			bad += " extra"
		}
		if bad != "" {
			t.Logf("%d %s\t%s\t%s\t%v", r.line, bad, r.group, r.text, got)
		}
	}
}
