import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it } from 'vitest'
import { Language, Parser, type Node } from 'web-tree-sitter'
import { loadPs1 } from '../../main/drive-files/load-scripts.ts'

// PowerShell itself comes from no registry that closed networks have: its grammar stands in for it.
describe('load.ps1', () => {
  let parser: Parser
  beforeAll(async () => {
    await Parser.init()
    const grammar = 'tree-sitter-powershell/tree-sitter-powershell.wasm'
    parser = new Parser()
    parser.setLanguage(await Language.load(createRequire(import.meta.url).resolve(grammar)))
  })

  const parse = (text: string): Node => {
    const tree = parser.parse(text)
    if (tree === null) throw new Error('no tree')
    return tree.rootNode
  }
  const textsOf = (type: string): string[] =>
    parse(loadPs1)
      .descendantsOfType(type)
      .map((node) => node?.text ?? '')

  it('is PowerShell by its grammar, which would have noticed', () => {
    expect(parse(loadPs1).hasError).toBe(false)
    expect(parse(loadPs1.replace('if (-not $engine) {', 'if (-not $engine {')).hasError).toBe(true)
  })

  it('is plain ASCII, which PowerShell 5.1 reads right without a mark', () => {
    expect(loadPs1).toMatch(/^[\n\x20-\x7E]+$/)
  })

  it('calls only functions of its own and commands that PowerShell 5.1 has', () => {
    const own = textsOf('function_name')
    const known = [
      'Get-Command',
      'Get-FileHash',
      'Join-Path',
      'New-Object',
      'Select-Object',
      'Set-StrictMode',
      'Test-Path',
      'ForEach-Object',
      'Where-Object',
      'Write-Host',
      'Write-Verbose',
      'Write-Warning',
    ]
    const called = new Set(textsOf('command_name'))
    expect([...called].filter((name) => ![...own, ...known].includes(name))).toEqual([])
    expect(own.filter((name) => !called.has(name))).toEqual([])
  })

  it('runs nothing that it reads: no text becomes a command, and bytes pass no pipe', () => {
    expect(loadPs1).not.toMatch(/Invoke-Expression|\biex\b|Get-Content|Start-Process/i)
    expect(textsOf('command_invokation_operator')).toEqual([])
  })
})
