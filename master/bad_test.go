package master_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

var manyRows = flag.Int("import.rows", 3000, "rows of the largest bad file; a spreadsheet program holds 1048576")

// saved puts bytes into a file.
func saved(t *testing.T, name string, body []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, st *store.Store, kind, path string) *master.Report {
	t.Helper()
	r, err := master.Run(t.Context(), st, master.Options{Kind: kind, Path: path, Actor: "test"})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return r
}

func gb18030(t *testing.T, text string) []byte {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16Bytes(text string, little, mark bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, u := range units {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return out
}

// TestEncodings: the same doctors in every encoding and with every separator, with characters that only few fonts have.
func TestEncodings(t *testing.T) {
	text := "姓名,医院,科室\n㛃𬭎,青溪市第一人民医院,心内科\n买买提·阿不都,青溪市第一人民医院,\n王 丽,青溪市第一人民医院,\n"
	for name, body := range map[string][]byte{
		"utf8": []byte(text), "bom": []byte("\ufeff" + text), "crlf": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "gb18030": gb18030(t, text),
		"utf16le": utf16Bytes(text, true, true), "utf16be": utf16Bytes(text, false, true), "utf16 bare": utf16Bytes(strings.ReplaceAll(text, "第一", "A1"), true, false),
		"tabs": []byte(strings.ReplaceAll(text, ",", "\t")), "semicolons": gb18030(t, strings.ReplaceAll(text, ",", ";")),
		"titles above": []byte("2026 年医生名单,,\n\n" + text), "blank rows": []byte(strings.ReplaceAll(text, "\n", "\n,,\n\n")),
	} {
		st := storetest.SQLite(t)
		r := run(t, st, store.KindDoctors, saved(t, name+".csv", body))
		if !r.OK() || r.Import.Added != 3 {
			t.Errorf("%s: %+v %v", name, r.Import, r.Problems)
			continue
		}
		page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, d := range page.Rows {
			names[d.Name] = true
		}
		if !names["㛃𬭎"] || !names["买买提·阿不都"] || !names["王丽"] {
			t.Errorf("%s: names %v", name, names)
		}
	}
}

// book makes an XLSX file.
func book(t *testing.T, rows [][]any, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// part changes one part of an XLSX file.
func part(t *testing.T, body []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	out := zip.NewWriter(&buf)
	for _, p := range in.File {
		r, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name == name {
			data = change(data)
		}
		w, err := out.Create(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestBadFiles: what cannot be read is refused with its place and the cure, and nothing is written.
func TestBadFiles(t *testing.T) {
	head := []any{"医院编码", "医院名称", "省份", "等级", "核对日期", "别名"}
	good := [][]any{head, {"H1", "甲医院", "浙江省", "三甲", 46348, "甲"}, {"H2", "乙医院", "浙江", "", "2026/11/20", ""}}
	plain := book(t, good, nil)
	sheet := "xl/worksheets/sheet1.xml"
	for _, tt := range []struct {
		name string
		body []byte
		want []string // "" = no problem
	}{
		{"good.xlsx", plain, nil},
		{"title.xlsx", book(t, append([][]any{{"医院主数据（2026 年 11 月）"}, {}}, good...), func(f *excelize.File) { must(t, f.MergeCell("Sheet1", "A1", "F1")) }), nil},
		{"value.xlsx", part(t, book(t, good, func(f *excelize.File) { must(t, f.SetCellFormula("Sheet1", "B2", `"甲"&"医院"`)) }), sheet, func(b []byte) []byte {
			return regexp.MustCompile(`(<c r="B2")[^>]*>(<f>.*?</f>)<v>[^<]*</v>`).ReplaceAll(b, []byte(`$1 t="str">$2<v>甲医院</v>`))
		}), nil},
		{"merged.xlsx", book(t, good, func(f *excelize.File) { must(t, f.MergeCell("Sheet1", "C2", "C3")) }), []string{"C2:C3 是合并单元格", "取消合并"}},
		{"formula.xlsx", part(t, book(t, good, func(f *excelize.File) { must(t, f.SetCellFormula("Sheet1", "B2", `"甲"&"医院"`)) }), sheet, func(b []byte) []byte {
			return regexp.MustCompile(`</f><v>[^<]*</v>`).ReplaceAll(b, []byte("</f><v></v>"))
		}), []string{"B2 是公式", "粘贴为数值"}},
		{"error.xlsx", part(t, plain, sheet, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`<c r="C3" `), []byte(`<c r="C3" t="e" x="`+`" `), 1)
		}), []string{"C3 的公式结果是错误值"}},
		{"cut.xlsx", part(t, plain, sheet, func(b []byte) []byte { return b[:len(b)/2] }), []string{"不完整或已损坏"}},
		{"half.xlsx", plain[:len(plain)/2], []string{"不完整或已损坏"}},
		{"word.xlsx", part(t, plain, "xl/workbook.xml", func([]byte) []byte { return []byte("<document/>") }), []string{"打不开|不完整|空的"}},
		{"old.xls", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2048)...), []string{"旧版 .xls"}},
		{"locked.xlsx", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), utf16Bytes("EncryptedPackage", true, false)...), []string{"有密码"}},
		{"web.xls", []byte("<html><table><tr><td>医院</td></tr></table></html>"), []string{"这是网页"}},
		{"empty.csv", nil, []string{"文件是空的"}},
		{"blank.csv", []byte("\n\n,,\n"), []string{"没有找到表头"}},
		{"headless.csv", []byte("甲医院,浙江\n乙医院,浙江\n"), []string{"没有找到表头", "医院名称"}},
		{"twice.csv", []byte("医院名称,省份,名称\n甲医院,浙江,乙\n"), []string{"“名称”出现了两次"}},
		{"unknown.csv", []byte("医院名称,省份,院长\n甲医院,浙江,某\n"), []string{"不认识列名“院长”", "C1"}},
		{"missing.csv", []byte("医院名称,等级\n甲医院,三甲\n"), []string{"缺少必填的列“省份”"}},
		{"types.csv", []byte("医院名称,省份,等级,核对日期\n甲医院,浙江,四级,明天\n,浙江,,\n乙医院,浙江,,1850-01-01\n"), []string{"C2", "四级", "D2", "明天", "A3", "不能空着", "D4", "1990"}},
		{"same.csv", []byte("医院编码,医院名称,省份\nH1,甲医院,浙江\nH1,乙医院,浙江\n"), []string{"和第 2 行的“医院编码”相同"}},
		{"long.csv", []byte("医院名称,省份\n" + strings.Repeat("长", 129) + ",浙江\n"), []string{"太长，最多 128 个字"}},
		{"lost.csv", []byte("医院名称,省份\n甲\ufffd医院,浙江\n"), []string{"无法识别的字"}},
		{"own.csv", []byte("医院名称,省份\n甲\ue001医院,浙江\n"), []string{"自造字"}},
		{"quote.csv", []byte("医院名称,省份\n\"甲医院,浙江\n"), []string{"引号没有配对"}},
	} {
		st := storetest.SQLite(t)
		r := run(t, st, store.KindHospitals, saved(t, tt.name, tt.body))
		var said []string
		for _, p := range r.Problems {
			said = append(said, p.String())
			if p.Cure == "" || p.Says == "" {
				t.Errorf("%s: a problem without words: %+v", tt.name, p)
			}
		}
		text := strings.Join(said, "\n")
		for _, want := range tt.want {
			found := false
			for _, one := range strings.Split(want, "|") {
				found = found || strings.Contains(text, one)
			}
			if !found {
				t.Errorf("%s: %q is not said in\n%s", tt.name, want, text)
			}
		}
		rows, err := st.Hospitals(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 2, false: 0}[tt.want == nil]; len(rows) != want || r.OK() != (tt.want == nil) {
			t.Errorf("%s: %d hospitals, %d problems\n%s", tt.name, len(rows), r.Bad, text)
		}
		if tt.want == nil && rows[0].Rule().CheckedAt == 0 {
			t.Errorf("%s: the date was not read: %+v", tt.name, rows[0])
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// S2-28: a list of customers about whom nothing is known: hospitals that nobody has heard of, no codes, doubles. Each person is there once, with an empty
// portrait but for what the list says, and the same list again changes nothing.
func TestS2_28_UnknownCustomers(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, st *store.Store) {
		list := []byte("姓名,医院,科室,职称,职务\n王芳,从未听说医院,心内科,主任医师,科主任\n王芳,从未听说医院,心内科,主任医师,科主任\n王芳,从未听说医院,心内科,,带组医生\n李强,另一家医院,肾内科,主治医师,\n")
		r := run(t, st, store.KindDoctors, saved(t, "list.csv", list))
		if !r.OK() || r.Import.Added != 2 || r.Merged != 2 || len(r.Notes) < 3 {
			t.Fatalf("%+v, merged %d, %v %v", r.Import, r.Merged, r.Problems, r.Notes)
		}
		again := run(t, st, store.KindDoctors, saved(t, "list.csv", list))
		if again.Import.Added+again.Import.Changed != 0 {
			t.Errorf("the same list again: %+v", again.Import)
		}
		page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Search: "王芳", Size: 10})
		if err != nil || page.Total != 1 {
			t.Fatalf("%d of that name, %v", page.Total, err)
		}
		rec, err := st.DoctorRecord(t.Context(), page.Rows[0].ID)
		must(t, err)
		if rec.Doctor.Level != 0 || rec.Doctor.Followed || len(rec.Tags)+len(rec.Scores)+len(rec.Leads)+len(rec.Answers) != 0 {
			t.Errorf("the portrait does not begin at zero: %+v", rec.Doctor)
		}
		values := map[string]string{}
		for _, p := range rec.Portrait {
			if p.Source != store.SourceImport || !strings.HasPrefix(p.Ref, "import:") {
				t.Errorf("%s came from %s %s", p.Field, p.Source, p.Ref)
			}
			values[p.Field] = p.Label
		}
		// Title and position are two things; of the doubles the later position counts and the title stays.
		if values["title"] != "主任医师" || values["position"] != "带组医生" {
			t.Errorf("title %q, position %q", values["title"], values["position"])
		}
	})
}

// A row that is wrong far down, a context that ends while rows are written: nothing of the file is there afterwards.
func TestNothingHalfDone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, st *store.Store) {
		var list strings.Builder
		list.WriteString("姓名,医院,主数据编码\n")
		for i := range *manyRows {
			fmt.Fprintf(&list, "王芳,甲医院,D%d\n", i)
		}
		bad := run(t, st, store.KindDoctors, saved(t, "bad.csv", []byte(list.String()+"1号,甲医院,E1\n")))
		if bad.OK() || bad.Import.Status != store.ImportFailed || bad.Problems[0].Line != *manyRows+2 {
			t.Errorf("%+v %v", bad.Import, bad.Problems)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := master.Run(ctx, st, master.Options{Kind: store.KindDoctors, Path: saved(t, "good.csv", []byte(list.String())), Staged: 1 << 30, Progress: func(p master.Progress) {
			if p.Writing {
				cancel()
			}
		}})
		if err == nil {
			t.Error("an import that was given up says nothing")
		}
		if page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Size: 1}); err != nil || page.Total != 0 {
			t.Errorf("%d doctors were written, %v", page.Total, err)
		}
		rows, err := st.Imports(t.Context(), 5)
		if err != nil || len(rows) != 2 || rows[0].Status != store.ImportFailed || rows[1].Status != store.ImportFailed {
			t.Errorf("%+v, %v", rows, err)
		}
		if good := run(t, st, store.KindDoctors, saved(t, "good.csv", []byte(list.String()))); good.Import.Added != *manyRows {
			t.Errorf("afterwards: %+v", good.Import)
		}
	})
}

// Two at once: one is written, the other one is refused in words, and may be tried again.
func TestTwoImportsAtOnce(t *testing.T) {
	st := storetest.MariaDB(t)
	path := saved(t, "list.csv", []byte("姓名,医院,主数据编码\n王芳,甲医院,D1\n"))
	begun, err := st.BeginImport(t.Context(), store.Import{Kind: store.KindDoctors})
	must(t, err)
	if _, err := master.Run(t.Context(), st, master.Options{Kind: store.KindDoctors, Path: path}); !errors.Is(err, store.ErrImportRunning) {
		t.Errorf("a second import: %v", err)
	}
	if r, err := master.Run(t.Context(), st, master.Options{Kind: store.KindDoctors, Path: path, Dry: true}); err != nil || r.Import.Added != 1 {
		t.Errorf("a dry run beside it: %v", err)
	}
	begun.Status = store.ImportDone
	must(t, st.EndImport(t.Context(), begun))
	if r := run(t, st, store.KindDoctors, path); r.Import.Added != 1 {
		t.Errorf("afterwards: %+v", r.Import)
	}
}

// Problems are counted and the first of them kept, however many there are.
func TestManyProblemsStayBounded(t *testing.T) {
	var list strings.Builder
	list.WriteString("姓名,医院\n")
	for range *manyRows {
		list.WriteString("1号,\n")
	}
	st := storetest.SQLite(t)
	r := run(t, st, store.KindDoctors, saved(t, "list.csv", []byte(list.String())))
	if r.Bad != 2**manyRows || len(r.Problems) != 200 {
		t.Errorf("%d problems, %d kept", r.Bad, len(r.Problems))
	}
	kept, err := st.Import(t.Context(), r.Import.ID)
	must(t, err)
	if len(kept.Report) > 100<<10 || len(master.ReadReport(kept).Problems) != 200 || kept.Bad != r.Bad {
		t.Errorf("%d bytes of report, %d problems", len(kept.Report), kept.Bad)
	}
	for _, p := range r.Problems {
		if strings.Contains(p.Says, "1号") {
			t.Fatal("a report repeats what stands where a name should")
		}
	}
}

// A book as large as a spreadsheet program can hold is read in a stream: with -import.rows 1048575 it takes a while, and little memory besides the packed file.
func TestLargeBook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	out, err := f.NewStreamWriter("Sheet1")
	must(t, err)
	must(t, out.SetRow("A1", []any{"主数据编码", "姓名", "医院"}))
	for i := range *manyRows {
		must(t, out.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("D%d", i), "王芳", "甲医院"}))
	}
	must(t, out.Flush())
	path := filepath.Join(t.TempDir(), "large.xlsx")
	must(t, f.SaveAs(path))
	st := storetest.SQLite(t)
	last := master.Progress{}
	start := time.Now()
	r, err := master.Run(t.Context(), st, master.Options{Kind: store.KindDoctors, Path: path, Dry: true, Progress: func(p master.Progress) { last = p }})
	must(t, err)
	if !r.OK() || r.Import.Total != *manyRows || r.Import.Added != *manyRows {
		t.Errorf("%+v %v", r.Import, r.Problems)
	}
	if last.Total > *manyRows+1 {
		t.Errorf("progress counts up to %d of %d rows", last.Total, *manyRows)
	}
	t.Logf("%d rows looked at in %v", *manyRows, time.Since(start))
}
