package console

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Forms of an export.
const (
	sheetCSV  = "csv"
	sheetXLSX = "xlsx"
)

// harmless keeps a cell from being taken for a formula by the program that opens the file: what begins as one gets a quote in front (OWASP, CSV
// injection), with the full-width signs that some programs take for the same. Control characters are dropped.
func harmless(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if trimmed := strings.TrimLeft(text, " \u3000"); trimmed != "" && strings.ContainsAny(trimmed[:1], "=+-@|") {
		return "'" + text
	} else if strings.HasPrefix(trimmed, "\uff1d") || strings.HasPrefix(trimmed, "\uff0b") || strings.HasPrefix(trimmed, "\uff0d") || strings.HasPrefix(trimmed, "\uff20") {
		return "'" + text
	}
	return text
}

// writeCSV is RFC 4180 with the mark by which spreadsheets know UTF-8.
func writeCSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = harmless(cell)
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("writing a sheet: %w", err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// writeXLSX writes text cells only, and on a second sheet who took the file, when and why.
func writeXLSX(rows, note [][]string) (_ []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory: whatever is written is in out
	if err := fillSheet(f, "Sheet1", rows); err != nil {
		return nil, err
	}
	if _, err := f.NewSheet("Sheet2"); err != nil {
		return nil, fmt.Errorf("writing a sheet: %w", err)
	}
	if err := fillSheet(f, "Sheet2", note); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("writing a sheet: %w", err)
	}
	return out.Bytes(), nil
}

func fillSheet(f *excelize.File, name string, rows [][]string) error {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("writing a sheet: %w", err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = harmless(cell)
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return fmt.Errorf("writing a sheet: %w", err)
		}
		if err := w.SetRow(at, cells); err != nil {
			return fmt.Errorf("writing a sheet: %w", err)
		}
	}
	return w.Flush()
}
