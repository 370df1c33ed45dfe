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

func TestImportRepsTwice(t *testing.T) {
	dir := migrated(t)
	first := csvFile(t, "\ufeff账号,姓名,备案号,备案有效期,负责区域,在岗\r\nlilei,李雷,R-1,2027-12-31,北京协和医院；省份：浙江,是\r\nhanmei,韩梅,,,all,\r\n,,,,,\r\n")
	if code, out, errOut := vrep(t, "", "import", "reps", first); code != exitFine || !strings.Contains(out, "2 rep(s)") {
		t.Fatalf("import: %d %q %q", code, out, errOut)
	}
	second := csvFile(t, "userid,name,active\nhanmei,韩梅,离岗\n")
	if code, out, errOut := vrep(t, "", "import", "reps", second); code != exitFine {
		t.Fatalf("second import: %d %q %q", code, out, errOut)
	}
	st, err := store.Open(t.Context(), store.Options{DataDir: dir, Account: "unset", Secret: storetest.Secret()})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	reps, err := st.Reps(t.Context())
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

// Every row is checked before anything is written, and all problems come at once.
func TestImportRefusesAsAWhole(t *testing.T) {
	migrated(t)
	bad := csvFile(t, "userid,name,filing_until,territories,active\na,A,soon,hospital:nowhere;moon,perhaps\na,,,,\nb,B,,province:,\n")
	code, out, _ := vrep(t, "", "import", "reps", bad)
	if code != exitFindings || !strings.Contains(out, "nothing was written") {
		t.Errorf("exit %d, %q", code, out)
	}
	for _, want := range []string{"line 2: filing_until", "nowhere", "moon", "perhaps", "line 3: userid and name", "twice", "line 4: territory"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not reported in\n%s", want, out)
		}
	}
	for _, tt := range []struct{ text, says string }{
		{"userid,nmae\na,A\n", "nmae"}, {"userid\na\n", "name is missing"}, {"", "header"}, {"userid,name\n", "no row"}, {"userid,name\n\"a,A\n", "\""},
	} {
		code, out, errOut := vrep(t, "", "import", "reps", csvFile(t, tt.text))
		if code == exitFine || !strings.Contains(out+errOut, tt.says) {
			t.Errorf("%q: exit %d, %q %q, want %q", tt.text, code, out, errOut, tt.says)
		}
	}
}

func TestImportInvites(t *testing.T) {
	dir := migrated(t)
	code, out, errOut := vrep(t, "", "import", "invites", csvFile(t, "备注,邀请码,可用次数,有效期\n春季会,abc123,5,2099-12-31\n院内通知,,,\n"))
	if code != exitFine || !strings.Contains(out, "ABC123  春季会 (5 use(s))") || strings.Count(out, "\n") != 2 {
		t.Fatalf("import: %d %q %q", code, out, errOut)
	}
	drawn := strings.Fields(strings.Split(out, "\n")[1])[0]
	st, err := store.Open(t.Context(), store.Options{DataDir: dir, Account: "unset", Secret: storetest.Secret()})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for _, one := range []string{"ABC123", "abc123", drawn} {
		if ok, err := st.InviteOK(t.Context(), one); err != nil || !ok {
			t.Errorf("code %s is not usable: %v", one, err)
		}
	}
	if code, out, _ := vrep(t, "", "import", "invites", csvFile(t, "note,code,uses\nx,AB,0\n")); code != exitFindings || strings.Count(out, "line 2") != 2 {
		t.Errorf("bad codes: %d %q", code, out)
	}
}
