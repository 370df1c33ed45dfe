package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

func csvFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sheet.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func migrated(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("VREP_DATA_DIR", dir)
	if code, out, errOut := vrep(t, "", "migrate", "up"); code != exitFine {
		t.Fatalf("migrate up: %s %s", out, errOut)
	}
	return dir
}

func storeIn(t *testing.T, dir string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{DataDir: dir, Account: "unset", Secret: storetest.Secret()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

func TestImportRepsTwice(t *testing.T) {
	dir := migrated(t)
	first := csvFile(t, "\ufeff账号,姓名,备案号,备案有效期,负责区域,在岗\r\nlilei,李雷,R-1,2027-12-31,北京协和医院；省份：浙江,是\r\nhanmei,韩梅,,,全部,\r\n,,,,,\r\n")
	if code, out, errOut := vrep(t, "", "import", "reps", first); code != exitFine || !strings.Contains(out, "2 row(s) written: 2 added") {
		t.Fatalf("import: %d %q %q", code, out, errOut)
	}
	if code, out, _ := vrep(t, "", "import", "reps", first); code != exitFine || !strings.Contains(out, "0 added, 0 changed, 2 the same") {
		t.Fatalf("the same again: %d %q", code, out)
	}
	second := csvFile(t, "userid,name,active,territories\nhanmei,韩梅,离岗,无\n")
	if code, out, errOut := vrep(t, "", "import", "reps", second); code != exitFine || !strings.Contains(out, "1 changed") {
		t.Fatalf("second import: %d %q %q", code, out, errOut)
	}
	reps, err := storeIn(t, dir).Reps(t.Context())
	if err != nil || len(reps) != 2 {
		t.Fatalf("%d reps, %v", len(reps), err)
	}
	hanmei, lilei := reps[0], reps[1]
	if hanmei.Active || len(hanmei.Territories) != 0 {
		t.Errorf("hanmei = %+v, want inactive and without territory", hanmei)
	}
	if !lilei.Active || lilei.FilingUntil == 0 || len(lilei.Territories) != 2 {
		t.Fatalf("lilei = %+v", lilei)
	}
	for _, want := range []store.Territory{{Kind: "hospital", Value: "pumch"}, {Kind: "province", Value: "浙江"}} {
		found := false
		for _, got := range lilei.Territories {
			found = found || got.Kind == want.Kind && got.Value == want.Value
		}
		if !found {
			t.Errorf("territories %+v lack %+v", lilei.Territories, want)
		}
	}
}

// Every row is checked before anything is written, and all problems come at once, each with its cell.
func TestImportRefusesAsAWhole(t *testing.T) {
	dir := migrated(t)
	bad := csvFile(t, "userid,name,filing_until,territories,active\na,安然,soon,nowhere；月球,perhaps\na,白露,,,\nb,B1,,省份:,\n")
	code, out, _ := vrep(t, "", "import", "reps", bad)
	if code != exitFindings || !strings.Contains(out, "nothing was written") {
		t.Errorf("exit %d, %q", code, out)
	}
	for _, want := range []string{"第 2 行（C2）：“备案有效期”是“soon”", "nowhere", "月球", "perhaps", "第 4 行（B4）：“姓名”不像姓名", "第 4 行（D4）：看不懂区域"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not reported in\n%s", want, out)
		}
	}
	if reps, err := storeIn(t, dir).Reps(t.Context()); err != nil || len(reps) != 0 {
		t.Errorf("%d reps were written, %v", len(reps), err)
	}
	for _, tt := range []struct{ text, says string }{
		{"userid,nmae\na,A\n", "不认识列名“nmae”"}, {"userid,账号\na,b\n", "出现了两次"}, {"userid\na\n", "没找到"}, {"", "文件是空的"},
		{"userid,name\n", "没有内容"}, {"userid,name\n\"a,A\n", "引号没有配对"}, {"a,b\nc,d\n", "没有找到表头"},
	} {
		code, out, errOut := vrep(t, "", "import", "reps", csvFile(t, tt.text))
		if tt.says == "没找到" {
			tt.says = "缺少必填的列“姓名”"
		}
		if code != exitFindings || !strings.Contains(out+errOut, tt.says) {
			t.Errorf("%q: exit %d, %q %q, want %q", tt.text, code, out, errOut, tt.says)
		}
	}
	for _, line := range [][]string{{"import", "reps", "/no/such/file.csv"}, {"import", "moons"}, {"import", "reps"}, {"import", "template", "moons"}} {
		if code, _, errOut := vrep(t, "", line...); code != exitUsage || errOut == "" {
			t.Errorf("%v: exit %d %q", line, code, errOut)
		}
	}
}

func TestImportInvites(t *testing.T) {
	dir := migrated(t)
	code, out, errOut := vrep(t, "", "import", "invites", csvFile(t, "备注,邀请码,可用次数,有效期\n春季会,abc123,5,2099-12-31\n院内通知,,,\n"))
	if code != exitFine || !strings.Contains(out, "2 added") || strings.Count(out, "invitation code ") != 1 {
		t.Fatalf("import: %d %q %q", code, out, errOut)
	}
	drawn := strings.Fields(out[strings.Index(out, "invitation code "):])[2]
	st := storeIn(t, dir)
	for _, one := range []string{"ABC123", "abc123", drawn} {
		if ok, err := st.InviteOK(t.Context(), one); err != nil || !ok {
			t.Errorf("code %s is not usable: %v", one, err)
		}
	}
	if code, out, _ := vrep(t, "", "import", "invites", csvFile(t, "note,code,uses\nx,AB,0\n")); code != exitFindings || strings.Count(out, "第 2 行") != 2 {
		t.Errorf("bad codes: %d %q", code, out)
	}
}

// A template can be filled in and imported as it is: every kind's example row is right, in the order in which a house fills them.
func TestImportTemplates(t *testing.T) {
	dir := migrated(t)
	for _, kind := range []string{"hospitals", "products", "batches", "access", "prices", "reps", "doctors", "invites"} {
		file := filepath.Join(t.TempDir(), kind+".xlsx")
		if code, out, errOut := vrep(t, "", "import", "template", kind, "-o", file); code != exitFine {
			t.Fatalf("template %s: %d %q %q", kind, code, out, errOut)
		}
		if code, out, errOut := vrep(t, "", "import", kind, file, "--dry-run"); code != exitFine || !strings.Contains(out, "1 row(s) checked, nothing was written: 1 added") {
			t.Fatalf("dry run of the template of %s: %d %q %q", kind, code, out, errOut)
		}
		if code, out, errOut := vrep(t, "", "import", kind, file); code != exitFine || !strings.Contains(out, "1 row(s) written: 1 added") {
			t.Fatalf("import of the template of %s: %d %q %q", kind, code, out, errOut)
		}
	}
	st := storeIn(t, dir)
	if done, err := st.Imports(t.Context(), 50); err != nil || len(done) != 16 {
		t.Errorf("%d imports in the list, %v", len(done), err)
	}
	page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Size: 10})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Name != "林知远" || page.Rows[0].Hospital != "H10001" || page.Rows[0].Followed || page.Rows[0].OpenID != "" {
		t.Errorf("doctors %+v, %v", page.Rows, err)
	}
}
