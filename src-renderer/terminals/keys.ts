type Keys = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

const isMac = (): boolean => /mac/i.test(globalThis.navigator?.platform ?? '')

/** Ctrl Shift C everywhere, Cmd C on a Mac, Ctrl Insert. Ctrl C alone stays the interrupt that a shell expects. */
export function isCopy({ code, key, ctrlKey, metaKey, shiftKey, altKey }: Keys, mac = isMac()): boolean {
  if (altKey) return false
  if (mac && metaKey && !ctrlKey && code === 'KeyC') return true
  return ctrlKey && !metaKey && ((shiftKey && code === 'KeyC') || (!shiftKey && key === 'Insert'))
}

/** Ctrl Shift V everywhere, Cmd V on a Mac, Shift Insert. */
export function isPaste({ code, key, ctrlKey, metaKey, shiftKey, altKey }: Keys, mac = isMac()): boolean {
  if (altKey) return false
  if (mac && metaKey && !ctrlKey && code === 'KeyV') return true
  return (ctrlKey && shiftKey && !metaKey && code === 'KeyV') || (shiftKey && !ctrlKey && !metaKey && key === 'Insert')
}

/**
 * A browser keeps Ctrl Shift T, Ctrl Shift W and Ctrl PageUp/PageDown for itself, and no page gets to see them; the
 * desktop window has them all. So the keys depend on where the app runs, and the help says which they are.
 */
export function terminalKeys(desktop = globalThis.location?.protocol === 'app:') {
  return desktop
    ? { open: 'Ctrl Shift T', close: 'Ctrl Shift W', next: 'Ctrl PageDown', before: 'Ctrl PageUp' }
    : {
        open: 'Ctrl Shift Enter',
        close: 'Ctrl Shift Delete',
        next: 'Ctrl Shift ArrowRight',
        before: 'Ctrl Shift ArrowLeft',
      }
}
