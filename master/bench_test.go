package master_test

import (
	"bufio"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vrep/vrep/master"
	"github.com/vrep/vrep/store"
	"github.com/vrep/vrep/store/storetest"
)

// A national list: -import.hospitals 40000 -import.doctors 100000.
var (
	manyHospitals = flag.Int("import.hospitals", 400, "hospitals that TestImportIsQuick imports")
	manyDoctors   = flag.Int("import.doctors", 1000, "doctors that TestImportIsQuick imports")
)

// TestImportIsQuick imports generated hospitals and doctors and says how quickly, beside plain inserts of the same rows in the same run.
func TestImportIsQuick(t *testing.T) {
	hospitals, doctors := *manyHospitals, *manyDoctors
	dir := t.TempDir()
	st := storetest.Open(t, store.Options{DataDir: dir})
	start, cpu := time.Now(), cpuTime(t)
	r := bring(t, st, store.KindHospitals, hospitalsCSV(t, hospitals))
	if r.Import.Added != hospitals {
		t.Fatalf("hospitals: %+v %v", r.Import, r.Problems)
	}
	one := time.Since(start)
	r = bring(t, st, store.KindDoctors, doctorsCSV(t, doctors, hospitals))
	if r.Import.Added+r.Merged != doctors {
		t.Fatalf("doctors: %+v %v", r.Import, r.Problems)
	}
	all, used := time.Since(start), cpuTime(t)-cpu
	if again := bring(t, st, store.KindDoctors, doctorsCSV(t, doctors, hospitals)); again.Import.Same != r.Import.Added || again.Import.Changed != 0 {
		t.Errorf("the same file again: %+v", again.Import)
	}
	cpu = cpuTime(t)
	rows, plain := ceiling(t, dir)
	cpu = cpuTime(t) - cpu
	t.Logf("%d hospitals in %v, %d doctors in %v, both in %v, of which %v on a processor (%.0f database rows/s)", hospitals, one, doctors, all-one, all, used, float64(rows)/all.Seconds())
	t.Logf("ceiling: reading and plain multi-row inserts of the same %d database rows: inserts %v (%.0f rows/s), processor %v", rows, plain, float64(rows)/plain.Seconds(), cpu)
}

// cpuTime is what this process has used of the processors.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func bring(t *testing.T, st *store.Store, kind, path string) *master.Report {
	t.Helper()
	r, err := master.Run(t.Context(), st, master.Options{Kind: kind, Path: path, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written makes a file line by line.
func written(t *testing.T, name string, lines func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	lines(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func hospitalsCSV(t *testing.T, n int) string {
	return written(t, "hospitals.csv", func(w *bufio.Writer) {
		fmt.Fprintln(w, "医院编码,医院名称,别名,等级,分组,性质,省份,城市,接待日,接待地点")
		for i := range n {
			fmt.Fprintf(w, "H%06d,样例市第%d人民医院,样例%d院,三级甲等,三级,公立,样例%d,样例市%d,每周三,行政楼\n", i, i, i, i%31, i%300)
		}
	})
}

func doctorsCSV(t *testing.T, n, hospitals int) string {
	family, given := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平")
	return written(t, "doctors.csv", func(w *bufio.Writer) {
		fmt.Fprintln(w, "主数据编码,姓名,医院,科室,职称,职务")
		for i := range n {
			name := string([]rune{family[i%20], given[i/20%20], given[i/400%20]})
			fmt.Fprintf(w, "D%07d,%s,H%06d,心血管内科,副主任医师,%s\n", i, name, i%hospitals, []string{"", "科主任"}[i%2])
		}
	})
}

// ceiling inserts the rows that the import wrote into tables of the same form, and nothing else.
func ceiling(t *testing.T, dir string) (rows int, took time.Duration) {
	t.Helper()
	from, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "vrep.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "plain.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	to.SetMaxOpenConns(1)
	for _, table := range []string{"hospitals", "doctors", "observations", "portrait"} {
		form := texts(t, from, "SELECT sql FROM sqlite_master WHERE tbl_name = '"+table+"' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC")
		for _, q := range form {
			if _, err := to.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		values := everything(t, from, table)
		start := time.Now()
		insertAll(t, to, table, values)
		took += time.Since(start)
		rows += len(values)
	}
	return rows, took
}

func texts(t *testing.T, db *sql.DB, q string) (out []string) {
	t.Helper()
	rows, err := db.Query(q)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func everything(t *testing.T, db *sql.DB, table string) (out [][]any) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func insertAll(t *testing.T, db *sql.DB, table string, rows [][]any) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for len(rows) > 0 {
		part := rows[:min(len(rows), 1000)]
		one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(part[0])), ",") + "),"
		var args []any
		for _, r := range part {
			args = append(args, r...)
		}
		q := "INSERT INTO " + table + " VALUES " + strings.TrimSuffix(strings.Repeat(one, len(part)), ",")
		if _, err := tx.Exec(q, args...); err != nil {
			t.Fatal(err)
		}
		rows = rows[len(part):]
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
