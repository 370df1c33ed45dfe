package store

import (
	"crypto/ed25519"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	auditRows  = flag.Int("audit.rows", 3000, "rows of the chain that is spoilt in every way")
	auditEdits = flag.Int("audit.edits", 200, "edits tried on that chain")
)

var walkKey = ed25519.NewKeyFromSeed(derive([]byte("secret of the test house 01234567"), markUse))

// chainOf makes a chain of n rows with a checkpoint every so many rows and at its end.
func chainOf(n, every int) ([]Audit, []Checkpoint) {
	rows, marks := make([]Audit, n), []Checkpoint(nil)
	hash := ""
	for i := range rows {
		a := Audit{
			ID: int64(i + 1), Account: "wx", At: 1_800_000_000_000 + int64(i), Actor: []string{"wang", "li", "admin"}[i%3], Action: "view_portrait",
			Object: fmt.Sprintf("doctor:%032d", i%97), Role: RoleCompliance, Chain: "a", Row: int64(i + 1), Prev: hash,
		}
		a.Hash = a.sum()
		rows[i], hash = a, a.Hash
		if (i+1)%every == 0 || i+1 == n {
			c := Checkpoint{Account: "wx", Chain: "a", Row: a.Row, Hash: hash, At: a.At}
			c.Signature = ed25519.Sign(walkKey, c.text())
			marks = append(marks, c)
		}
	}
	return rows, marks
}

// rehash makes everything from row i on fit together again, as somebody who can write into the table would.
func rehash(rows []Audit, i int) {
	for ; i < len(rows); i++ {
		rows[i].Row = int64(i + 1)
		rows[i].Prev = ""
		if i > 0 {
			rows[i].Prev = rows[i-1].Hash
		}
		rows[i].Hash = rows[i].sum()
	}
}

func walk(rows []Audit, marks []Checkpoint, head Chain) AuditReport {
	var r AuditReport
	w := newChainWalk(&r, "a", marks)
	for i := range rows {
		w.row(&rows[i])
	}
	w.end(head)
	return r
}

// spoil does one thing to the rows that somebody with access to the database can do, and tells what it was and which row it met first.
func spoil(rows []Audit, pick func(n int) int) (spoilt []Audit, what string, at int64) {
	i := pick(len(rows))
	j := (i + 1 + pick(len(rows)-1)) % len(rows)
	first := rows[min(i, j)].Row
	switch what = []string{"edit", "edit and rehash", "delete", "delete and rehash", "insert", "insert and rehash", "swap", "swap and rehash", "truncate"}[pick(9)]; what {
	case "edit", "edit and rehash":
		at = rows[i].Row
		edit(&rows[i], pick)
		if what != "edit" {
			rehash(rows, i)
		}
	case "delete", "delete and rehash":
		at = rows[i].Row
		rows = slices.Delete(rows, i, i+1)
		if what != "delete" {
			rehash(rows, i)
		}
	case "insert", "insert and rehash":
		i %= len(rows) - 1 // behind the last row it would be a row like any other
		fresh := rows[i]
		fresh.Actor, fresh.ID = "mallory", int64(len(rows)+1)
		fresh.Hash = fresh.sum()
		at = fresh.Row
		rows = slices.Insert(rows, i+1, fresh)
		if what != "insert" {
			rehash(rows, i+1)
		}
	case "swap", "swap and rehash":
		at = first
		rows[i].Row, rows[j].Row = rows[j].Row, rows[i].Row
		rows[i], rows[j] = rows[j], rows[i]
		if what != "swap" {
			rehash(rows, min(i, j))
		}
	case "truncate":
		at, rows = rows[i].Row, rows[:i]
	}
	return rows, what, at
}

// edit changes one column in one row.
func edit(a *Audit, pick func(n int) int) {
	switch pick(9) {
	case 0:
		a.Actor += "x"
	case 1:
		a.Action = "view_lead"
	case 2:
		a.Object, a.Detail = a.Object[:len(a.Object)-1], a.Object[len(a.Object)-1:]+a.Detail // the same letters in the same order
	case 3:
		a.Detail += " "
	case 4:
		a.Reason = "because"
	case 5:
		a.Role = RoleAdmin
	case 6:
		a.At++
	case 7:
		a.Prev = "00" + a.Hash[2:]
	case 8:
		a.Hash = "00" + a.Hash[2:]
	}
}

// TestEveryEditOfAChainIsFound: whatever is done to a chain that was signed, also by somebody who makes the hashes fit again, is found, and the finding
// stands no further behind the deed than the next checkpoint.
func TestEveryEditOfAChainIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, every := rapid.IntRange(2, 60).Draw(t, "rows"), rapid.IntRange(1, 20).Draw(t, "every")
		rows, marks := chainOf(n, every)
		head := Chain{Row: int64(n), Hash: rows[n-1].Hash}
		if r := walk(rows, marks, head); len(r.Findings) > 0 {
			t.Fatalf("a chain that nobody touched: %+v", r.Findings)
		}
		spoilt, what, at := spoil(slices.Clone(rows), func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		if slices.Equal(spoilt, rows) {
			return
		}
		if len(spoilt) > 0 && rapid.Bool().Draw(t, "the end is made to fit") {
			head = Chain{Row: int64(len(spoilt)), Hash: spoilt[len(spoilt)-1].Hash}
		}
		checkFound(t, walk(spoilt, marks, head), what, at, every)
	})
}

func checkFound(t interface {
	Helper()
	Errorf(string, ...any)
}, r AuditReport, what string, at int64, every int) {
	t.Helper()
	if len(r.Findings) == 0 {
		t.Errorf("%s at row %d was not found", what, at)
		return
	}
	near := slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return f.Row <= at+int64(every)+1 && (f.Row >= at-1 || f.Since < at) || f.Kind == FoundCut
	})
	if !near {
		t.Errorf("%s at row %d: the findings are elsewhere: %+v", what, at, r.Findings)
	}
}

// TestLongChain spoils one long chain many times. The full count is -audit.rows 1000000.
func TestLongChain(t *testing.T) {
	rows, marks := chainOf(*auditRows, markEvery)
	head := Chain{Row: int64(len(rows)), Hash: rows[len(rows)-1].Hash}
	began := time.Now()
	if r := walk(rows, marks, head); len(r.Findings) > 0 || r.Rows != int64(len(rows)) || r.Unsigned != 0 {
		t.Fatalf("untouched: %+v", r)
	}
	once := time.Since(began)
	random := rand.New(rand.NewPCG(7, 11))
	counts := map[string]int{}
	for range *auditEdits {
		spoilt, what, at := spoil(slices.Clone(rows), random.IntN)
		if slices.Equal(spoilt, rows) {
			continue // an edited hash was mended again
		}
		r := walk(spoilt, marks, Chain{Row: int64(len(spoilt)), Hash: hashAt(spoilt)})
		checkFound(t, r, what, at, markEvery)
		counts[what]++
	}
	t.Logf("%d rows, one walk %v, %d edits tried, found: %v", len(rows), once.Round(time.Millisecond), *auditEdits, counts)
}

func hashAt(rows []Audit) string {
	if len(rows) == 0 {
		return ""
	}
	return rows[len(rows)-1].Hash
}
