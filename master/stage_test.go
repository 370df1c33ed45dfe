package master_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// largeList is a list of n doctors.
func largeList(t *testing.T, n int) string {
	t.Helper()
	var list strings.Builder
	list.WriteString("姓名,医院,科室,主数据编码\n")
	for i := range n {
		fmt.Fprintf(&list, "王芳,甲医院,心内科,D%05d\n", i)
	}
	return saved(t, "large.csv", []byte(list.String()))
}

func total(t *testing.T, st *store.Store) int64 {
	t.Helper()
	page, err := st.DoctorPage(t.Context(), store.DoctorQuery{Size: 1})
	must(t, err)
	return page.Total
}

// A large import on the embedded database leaves room for others between its batches, and its file is kept until it is whole: broken off by a person, by the
// end of the process or by another import, it goes on and comes to the same as in one go.
func TestLargeImportGoesOn(t *testing.T) {
	const rows = 4500
	for name, next := range map[string]func(t *testing.T, st *store.Store){
		"at the next start": func(t *testing.T, st *store.Store) {
			r, err := master.Resume(t.Context(), st, master.Options{})
			if err != nil || r == nil || r.Import.Status != store.ImportDone || r.Import.Total != rows {
				t.Fatalf("%+v, %v", r, err)
			}
		},
		"with the next import": func(t *testing.T, st *store.Store) {
			if r := run(t, st, store.KindHospitals, saved(t, "h.csv", []byte("医院编码,医院名称,省份\nH1,乙医院,浙江\n"))); r.Import.Added != 1 {
				t.Fatalf("%+v", r.Import)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			st := storetest.Open(t, store.Options{DataDir: dir})
			ctx, cancel := context.WithCancel(t.Context())
			_, err := master.Run(ctx, st, master.Options{Kind: store.KindDoctors, Path: largeList(t, rows), Staged: 1000, Progress: func(p master.Progress) {
				if !p.Writing {
					return
				}
				turn := &store.Turn{Journal: store.Journal{Conversation: store.DoctorID(st.Account(), "o1"), Seq: 1, MessageKey: "m", Kind: "text"}, Doctor: store.Doctor{ID: store.DoctorID(st.Account(), "o1"), OpenID: "o1", Followed: true}}
				if _, err := st.CommitTurn(t.Context(), turn); err != nil { // a doctor writes meanwhile
					t.Error(err)
				}
				cancel()
			}})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("broken off: %v", err)
			}
			if kept, err := os.ReadDir(filepath.Join(dir, "imports")); err != nil || len(kept) != 1 {
				t.Fatalf("kept %v, %v", kept, err)
			}
			if n := total(t, st); n == 0 || n > rows {
				t.Errorf("%d doctors", n)
			}
			next(t, st)
			if n := total(t, st); n != rows+1 {
				t.Errorf("%d doctors afterwards", n)
			}
			if kept, err := os.ReadDir(filepath.Join(dir, "imports")); err != nil || len(kept) != 0 {
				t.Errorf("the file stays: %v, %v", kept, err)
			}
			again := run(t, st, store.KindDoctors, largeList(t, rows))
			if again.Import.Same != rows {
				t.Errorf("the same file again: %+v", again.Import)
			}
			done, err := st.Imports(t.Context(), 5)
			must(t, err)
			for _, im := range done {
				if im.Status != store.ImportDone {
					t.Errorf("%+v", im)
				}
			}
		})
	}
}

// A staged import that fails by itself when it goes on is given up with words that say so, and blocks nothing; one that is at work is not taken from whoever
// does it; a small one and one on a server are one transaction.
func TestStagedImportsEnd(t *testing.T) {
	dir := t.TempDir()
	st := storetest.Open(t, store.Options{DataDir: dir})
	im, err := st.BeginImport(t.Context(), store.Import{Kind: store.KindDoctors, Name: "large.csv"})
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(dir, "imports"), 0o700))
	must(t, os.WriteFile(st.StagePath(im), []byte("PK\x03\x04 broken"), 0o600))
	if r, err := master.Resume(t.Context(), st, master.Options{}); err != nil || r != nil {
		t.Errorf("taken from whoever is at it: %+v %v", r, err)
	}
	must(t, st.LeaveImport(t.Context(), im))
	r, err := master.Resume(t.Context(), st, master.Options{})
	if err != nil || r.OK() || r.Import.Status != store.ImportFailed {
		t.Errorf("a broken file: %+v %v", r, err)
	}
	if r := run(t, st, store.KindDoctors, largeList(t, 3)); r.Import.Added != 3 {
		t.Errorf("afterwards: %+v", r.Import)
	}
	if path := storetest.MariaDB(t).StagePath(im); path != "" {
		t.Errorf("a server stages in %s", path)
	}
}
