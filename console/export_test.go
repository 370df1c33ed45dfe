package console

// Busy tells whether the process is at an import.
func (c *Console) Busy() bool {
	c.bringing.mu.Lock()
	defer c.bringing.mu.Unlock()
	return c.bringing.busy
}
