package flows

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/cond"
)

// picturesDir holds pictures that flows show. They belong to the folder in force, not to a version of a flow.
const picturesDir = "pictures/"

// maxPicture is the most that a picture may weigh, in bytes: the smaller of the two figures on the platform's page on temporary media.
const maxPicture = 2 << 20

// rePicture is the name of a picture of the folder; the dot tells it from an id of the account's media.
var rePicture = regexp.MustCompile(`^[\w-]{1,64}\.(png|jpg|jpeg|gif)$`)

// Picture returns a picture of the folder by its name.
func (lib *Library) Picture(name string) ([]byte, bool) {
	data, ok := lib.files[picturesDir+name]
	return data, ok
}

// readPictures adds the pictures of a folder to its files.
func readPictures(fsys fs.FS, files map[string][]byte) error {
	entries, err := fs.ReadDir(fsys, strings.TrimSuffix(picturesDir, "/"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading pictures: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || !rePicture.MatchString(e.Name()) {
			continue
		}
		name := path.Join(picturesDir, e.Name())
		if files[name], err = fs.ReadFile(fsys, name); err != nil {
			return fmt.Errorf("reading pictures: %w", err)
		}
	}
	return nil
}

// checkPictures: pictures that are missing or too large.
func checkPictures(c *checker) {
	var names []string
	for name, data := range c.lib.files {
		if base, ok := strings.CutPrefix(name, picturesDir); ok && len(data) <= maxPicture {
			names = append(names, base)
		}
	}
	slices.Sort(names)
	missing := func(at place, name string) {
		if strings.Contains(name, ".") && !slices.Contains(names, name) {
			c.add(at, "no_picture", "name", name, "near", cond.Nearest(name, names), "max", itoa(maxPicture>>20))
		}
	}
	for i := range c.lib.contents {
		missing(c.lib.contents[i].at, c.lib.contents[i].Mini.Picture)
	}
	for _, f := range c.lib.parts() {
		for _, s := range f.Steps {
			if body, ok := s.Body.(*SayStep); ok {
				missing(s.at.find(body.Image), body.Image)
			}
		}
	}
}
