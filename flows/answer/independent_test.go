package answer

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// The two tables of answers: corpus.tsv was written with the reader,
// independent.tsv by someone who had not read it.
const (
	corpusTable      = "testdata/corpus.tsv"
	independentTable = "testdata/independent.tsv"
)

// shippedHospitals prepares the list that is shipped as an example.
func shippedHospitals(t *testing.T) *Index {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash("../library/lists/hospitals.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items []map[string]struct {
			Label string
			Aka   []string
			City  string
		}
	}
	if err := yaml.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	for _, item := range list.Items {
		for id, e := range item {
			entries = append(entries, Entry{ID: id, Label: e.Label, Aka: e.Aka, Note: e.City})
		}
	}
	return shared.NewIndex(entries)
}

// independentReaders are the questions of the independent rows; where they are
// the same as those of the corpus, those are used.
func independentReaders(t *testing.T) func(kind, options, text string) Reading {
	base, index := corpusReaders(), shippedHospitals(t)
	bands := shared.Choices([]Option{{Code: "few", Label: "10位以下"}, {Code: "mid", Label: "10-30位"}, {Code: "more", Label: "30-100位"}, {Code: "lots", Label: "100位以上"}})
	five := shared.Choices([]Option{
		{Code: "literature", Label: "文献解读", Aka: []string{"文献", "论文"}}, {Code: "cases", Label: "典型病例", Aka: []string{"病例"}},
		{Code: "video", Label: "手术与讲课视频", Aka: []string{"视频"}}, {Code: "meeting", Label: "学术会议", Aka: []string{"会议"}},
		{Code: "price", Label: "当地执行价格", Aka: []string{"价格", "价钱"}}})
	least, most := 0.0, 5000.0
	return func(kind, options, text string) Reading {
		switch kind + " " + options {
		case "one bands":
			return bands.One(text, true)
		case "many interests":
			return interests().Many(text, 1, 3)
		case "rank rank3":
			return five.Rank(text, 3, 3)
		case "number patients":
			return shared.Number(text, NumberOptions{Min: &least, Max: &most, Unit: "位/月", Count: true, Integer: true})
		case "datetime meet":
			return shared.DateTime(text, wednesday, DateOptions{Future: true, MinDays: 1, MaxDays: 60, Hours: [2]string{"08:00", "18:00"}})
		case "lookup hospitals":
			return index.Find(text, 5)
		case "text name":
			return shared.Name(text)
		}
		return base(kind, options, text)
	}
}

// independentRows are the rows with the values as the reader writes them.
func independentRows(t *testing.T) []row {
	rows := tableRows(t, independentTable)
	parts := strings.NewReplacer(" 上午", "/am", " 中午", "/noon", " 下午", "/pm", " 晚上", "/evening")
	for i, x := range rows {
		if x.kind == "datetime" {
			rows[i].want = strings.Replace(parts.Replace(x.want), " ", "T", 1)
		}
	}
	return rows
}

// TestAnswerTables: no row of either table is taken for a value that was not
// meant, at least 98 % of both together come out as expected, and the score
// is the one that docs/answer-reader.md publishes.
func TestAnswerTables(t *testing.T) {
	var out strings.Builder
	joint := score{}
	for _, table := range []struct {
		name string
		rows []row
		read func(kind, options, text string) Reading
		most int // rows that may be missed
	}{{"corpus", tableRows(t, corpusTable), corpusReaders(), 8}, {"independent", independentRows(t), independentReaders(t), 34}} {
		kinds, all, misses := readTable(t, table.rows, table.read)
		fmt.Fprintf(&out, "| %s | rows | right | | offered | with offers |\n|---|---|---|---|---|---|\n", table.name)
		for _, k := range slices.Sorted(maps.Keys(kinds)) {
			fmt.Fprintf(&out, "| %s | %v |\n", k, kinds[k])
		}
		fmt.Fprintf(&out, "| **all** | %v |\n\n", all)
		t.Logf("%s, asked without need:\n%s", table.name, misses)
		joint = score{joint.Rows + all.Rows, joint.Right + all.Right, joint.Offered + all.Offered}
		if all.Rows-all.Right > table.most {
			t.Errorf("%s: %d of %d rows right", table.name, all.Right, all.Rows)
		}
	}
	fmt.Fprintf(&out, "| both | rows | right | | offered | with offers |\n|---|---|---|---|---|---|\n| **all** | %v |\n", joint)
	t.Logf("scores:\n%s", out.String())
	if joint.Right*100 < joint.Rows*98 {
		t.Errorf("%d of %d rows right", joint.Right, joint.Rows)
	}
	doc, err := os.ReadFile(filepath.FromSlash("../../docs/answer-reader.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, published, ok := strings.Cut(string(doc), "<!-- scores -->\n"); !ok || !strings.HasPrefix(published, out.String()) {
		t.Errorf("docs/answer-reader.md publishes other scores:\n%s", cmp.Diff(out.String(), published))
	}
}
