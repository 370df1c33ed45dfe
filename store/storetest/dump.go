package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/vrep/vrep/store"
)

// Dump gives every row of every table of a store's database as text, by table: all columns of all tables that exist, whatever the program knows of them.
func Dump(t testing.TB, o store.Options) map[string][]string {
	t.Helper()
	tables := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if o.MySQLDSN != "" {
		tables = "SHOW TABLES"
	}
	driver, address := place(o)
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatalf("opening the database: %v", err)
	}
	defer db.Close()
	dump := map[string][]string{}
	for _, name := range query(t, db, tables) {
		dump[name] = query(t, db, "SELECT * FROM "+name)
	}
	if len(dump) < 10 {
		t.Fatalf("only %d tables: not the database", len(dump))
	}
	return dump
}

// Exec runs a statement on a store's database beside the store, as somebody with access to the database can.
func Exec(t testing.TB, o store.Options, statement string) {
	t.Helper()
	driver, address := place(o)
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatalf("opening the database: %v", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// place is the driver and the address of a store's database.
func place(o store.Options) (driver, address string) {
	if o.MySQLDSN != "" {
		return "mysql", o.MySQLDSN
	}
	return "sqlite3", "file:" + filepath.Join(o.DataDir, "vrep.db")
}

// query gives the rows of a statement as lines of text.
func query(t testing.TB, db *sql.DB, statement string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		cells, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var line strings.Builder
		for i, c := range cells {
			if len(columns) > 1 {
				fmt.Fprintf(&line, "%s=", columns[i])
			}
			line.Write(c)
			if len(columns) > 1 {
				line.WriteString(" | ")
			}
		}
		out = append(out, line.String())
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// DumpRedis gives every key with its value.
func DumpRedis(t testing.TB, address string) []string {
	t.Helper()
	network, address := "unix", strings.TrimPrefix(address, "unix:")
	if !strings.HasPrefix(address, "/") {
		network = "tcp"
	}
	c := redis.NewClient(&redis.Options{Network: network, Addr: address})
	defer func() { _ = c.Close() }()
	keys, err := c.Keys(context.Background(), "*").Result()
	if err != nil {
		t.Fatalf("reading keys: %v", err)
	}
	slices.Sort(keys)
	var out []string
	for _, k := range keys {
		value, err := c.Get(context.Background(), k).Result()
		if err != nil {
			value = c.Dump(context.Background(), k).Val()
		}
		out = append(out, k+" = "+value)
	}
	return out
}

// DumpFiles gives the bytes of every file below a folder.
func DumpFiles(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatalf("reading files: %v", err)
	}
	return files
}
