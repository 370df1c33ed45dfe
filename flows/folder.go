package flows

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

// Files of a folder with a fixed meaning.
const (
	configFile   = "_config.yaml"
	contentsFile = "contents.yaml"
	rulesFile    = "rules.yaml"
	profileFile  = "profile.yaml"
	listsDir     = "lists/"
	testsDir     = "tests/"
	testEnd      = ".test.yaml"
)

// IsFlowFile reports whether a file of a folder holds a flow: YAML beside the files with a fixed meaning.
func IsFlowFile(name string) bool {
	switch name {
	case configFile, contentsFile, rulesFile, profileFile, pricesFile:
		return false
	}
	return strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(name, ".") && !strings.Contains(name, "/")
}

// Files lists the YAML files of a folder that authors write: flows and the files with a fixed meaning, lists/, tests/ and i18n/.
func Files(fsys fs.FS) ([]string, error) {
	out, err := yamlFiles(fsys, ".", listsDir, testsDir, saidDir)
	slices.Sort(out)
	return out, err
}

// yamlFiles lists the YAML files of parts of a folder, without hidden ones. Parts may be missing.
func yamlFiles(fsys fs.FS, dirs ...string) ([]string, error) {
	var out []string
	for _, dir := range dirs {
		entries, err := fs.ReadDir(fsys, path.Clean(dir))
		if err != nil && dir == "." {
			return nil, fmt.Errorf("reading folder: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() && strings.HasSuffix(e.Name(), ".yaml") && !strings.HasPrefix(e.Name(), ".") {
				out = append(out, path.Join(dir, e.Name()))
			}
		}
	}
	return out, nil
}

// readFolder reads the YAML files that Load knows, and the pictures. Tests stay aside.
func readFolder(fsys fs.FS) (map[string][]byte, error) {
	names, err := yamlFiles(fsys, ".", listsDir, saidDir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[name], err = readFile(fsys, name); err != nil {
			return nil, err
		}
	}
	return files, readPictures(fsys, files)
}

// readFile reads a file of a folder, but no more of it than shows that it is too large.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, int64(lint.MostBytes(name))+1))
	if err != nil {
		return nil, fmt.Errorf("reading folder: %w", err)
	}
	return data, nil
}

// strays files what looks like a file of the folder, but has an ending under which nobody reads it.
func strays(fsys fs.FS) []Problem {
	s := &lint.Sink{}
	for _, dir := range []string{".", listsDir, testsDir, saidDir} {
		entries, err := fs.ReadDir(fsys, path.Clean(dir))
		if err != nil {
			continue // no such part: the folder itself has been read
		}
		for _, e := range entries {
			name := e.Name()
			if want := wantedName(dir, name); !e.IsDir() && !strings.HasPrefix(name, ".") && want != name {
				s.Add(lint.NewFile(path.Join(dir, name), nil), 1, 1, 1, "stray_file", "want", want)
			}
		}
	}
	return s.All
}

// nearEnds are endings, in small letters, under which people save YAML by mistake; the longer ones come first.
var nearEnds = []string{".yaml.txt", ".yml.txt", ".yaml", ".yml"}

// wantedName is the name under which a file of a part of a folder would be read; name itself when it is read, or is no YAML.
func wantedName(dir, name string) string {
	end := ".yaml"
	if dir == testsDir {
		end = testEnd
	}
	if strings.HasSuffix(name, end) {
		return name
	}
	for _, near := range nearEnds {
		if stem := len(name) - len(near); stem > 0 && strings.EqualFold(name[stem:], near) {
			return strings.TrimSuffix(name[:stem], ".test") + end
		}
	}
	return name
}
